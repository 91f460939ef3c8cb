variable "size" {
  default = 2
}
resource "terraform_data" "a" {
  input = "override"
}
output "size" {
  value = var.size * 10
}
