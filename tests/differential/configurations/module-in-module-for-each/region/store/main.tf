variable "name" {}
resource "terraform_data" "s" {
  input = var.name
}
output "id" { value = terraform_data.s.input }
