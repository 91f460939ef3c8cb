resource "terraform_data" "a" {
  count = 2
  input = ["p${count.index}", "q${count.index}"]
}
output "dotted" { value = terraform_data.a.1.input.0 }
output "attribute_splat" { value = terraform_data.a.*.input }
output "full_splat" { value = terraform_data.a[*].input[1] }
