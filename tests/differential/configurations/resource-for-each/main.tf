locals {
  buckets = { logs = "eu-west-1", data = "eu-west-3" }
}
resource "terraform_data" "bucket" {
  for_each = local.buckets
  input = {
    name   = each.key
    region = each.value
  }
}
resource "terraform_data" "set" {
  for_each = toset(["b", "a"])
  input    = "${each.key}=${each.value}"
}
output "regions" { value = [for b in terraform_data.bucket : b.input.region] }
output "data" { value = terraform_data.bucket["data"].input }
output "keys" { value = keys(terraform_data.set) }
output "set" { value = values(terraform_data.set)[*].input }
