variable "name" {}
module "label" {
  source = "../label"
  parts  = [var.name, "store"]
}
resource "terraform_data" "store" {
  input = module.label.id
}
output "name" { value = terraform_data.store.input }
output "here" { value = path.module }
