module "a" {
  source = "./a"
}
module "b" {
  source = "./b"
  from_a = module.a
}
output "b" { value = module.b.result }
