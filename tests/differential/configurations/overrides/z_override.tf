locals {
  replaced = "z"
}
resource "terraform_data" "a" {
  input = "z"
}
module "m" {
  name = "z"
}
