module "m" {
  source  = "./m"
  number  = "12"
  list    = toset(["b", "a"])
  map     = { a = 1, b = true }
  object  = { name = 5, extra = "dropped" }
  tuple   = ["1", 2]
  any_map = { a = 1, b = "x" }
}
output "all" { value = module.m.all }
