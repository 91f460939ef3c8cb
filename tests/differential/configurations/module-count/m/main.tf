variable "n" {}
resource "terraform_data" "d" {
  input = var.n
}
output "n" { value = terraform_data.d.input * 10 }
