variable "name" { default = "main" }
resource "terraform_data" "a" {
  input = "main"
}
output "a" { value = terraform_data.a.input }
output "name" { value = var.name }
