variable "environment" { default = "prod" }
locals {
  is_prod = var.environment == "prod"
  replicas = local.is_prod ? toset(["eu-west-1", "eu-west-2"]) : toset([])
}
resource "terraform_data" "primary" {
  input = local.is_prod ? "large" : "small"
}
resource "terraform_data" "replica" {
  for_each = local.replicas
  input    = each.value
}
resource "terraform_data" "debug" {
  count = local.is_prod ? 0 : 1
}
output "primary" { value = terraform_data.primary.input }
output "replicas" { value = [for r in terraform_data.replica : r.input] }
output "debug" { value = length(terraform_data.debug) }
