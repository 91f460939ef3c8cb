resource "terraform_data" "first" {
  input = "first"
}
resource "terraform_data" "second" {
  depends_on = [terraform_data.first]
  provider   = terraform
  input      = "second"
}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.second]
}
output "second" { value = terraform_data.second.input }
output "m" { value = module.m.x }
