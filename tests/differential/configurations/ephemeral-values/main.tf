variable "token" {
  type      = string
  default   = "t"
  ephemeral = true
}
locals {
  header = "Bearer ${var.token}"
  region = "eu-west-3"
}
output "region" { value = local.region }
