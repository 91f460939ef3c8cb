resource "terraform_data" "a" {
  input = { name = "a" }
}
resource "terraform_data" "many" {
  count = 2
  input = "n${count.index}"
}
module "m" {
  source = "./m"
  one    = terraform_data.a
  many   = terraform_data.many
}
output "one" { value = module.m.one }
output "many" { value = module.m.many }
