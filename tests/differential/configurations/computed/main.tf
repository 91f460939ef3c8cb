resource "terraform_data" "a" {
  input = "known"
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
}
output "known" { value = terraform_data.a.input }
output "id" { value = terraform_data.a.id }
output "through" { value = terraform_data.b.input }
output "result" { value = terraform_data.a.output }
output "mixed" {
  value = {
    known   = terraform_data.a.input
    unknown = terraform_data.a.id
    text    = "id-${terraform_data.a.id}"
  }
}
output "choice" { value = terraform_data.a.input == "known" ? "yes" : terraform_data.a.id }
