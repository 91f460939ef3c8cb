variable "region" {
  type = string
  validation {
    condition     = contains(["eu-west-3", "eu-central-1"], var.region)
    error_message = "Not allowed."
  }
}
module "m" {
  source = "./m"
  region = var.region
}
output "region" { value = module.m.region }
