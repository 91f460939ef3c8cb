variable "region" { default = "eu-west-3" }
variable "tags" {
  type    = map(string)
  default = {}
}
locals {
  tags = merge({ region = var.region, env = "dev" }, var.tags)
}
output "tags" { value = local.tags }
