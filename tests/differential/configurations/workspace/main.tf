locals {
  regions = { default = "eu-west-3", prod = "eu-central-1" }
}
resource "terraform_data" "a" {
  count = terraform.workspace == "prod" ? 2 : 1
  input = local.regions[terraform.workspace]
}
output "workspace" { value = terraform.workspace }
output "a" { value = terraform_data.a[*].input }
