variable "azs" { default = ["a", "b", "c"] }
resource "terraform_data" "subnet" {
  count = length(var.azs)
  input = "10.0.${count.index}.0/24-${element(var.azs, count.index)}"
}
resource "terraform_data" "none" {
  count = 0
  input = "never"
}
output "subnets" { value = terraform_data.subnet[*].input }
output "second" { value = terraform_data.subnet[1].input }
output "none" { value = terraform_data.none[*].input }
output "count" { value = length(terraform_data.subnet) }
