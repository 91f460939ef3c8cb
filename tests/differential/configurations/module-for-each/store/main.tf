variable "name" {}
variable "region" {}
variable "copies" {}
resource "terraform_data" "copy" {
  count = var.copies
  input = "${var.name}-${count.index}-${var.region}"
}
output "region" { value = var.region }
output "copies" { value = terraform_data.copy[*].input }
