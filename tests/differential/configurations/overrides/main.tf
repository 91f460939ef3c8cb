variable "size" {
  type    = number
  default = 1
}
locals {
  kept     = "kept"
  replaced = "main"
}
resource "terraform_data" "a" {
  input            = "main"
  triggers_replace = "main"
}
module "m" {
  source = "./m"
  name   = "main"
  other  = "main"
}
output "size" { value = var.size }
output "locals" { value = [local.kept, local.replaced] }
output "a" { value = [terraform_data.a.input, terraform_data.a.triggers_replace] }
output "m" { value = module.m.all }
