locals {
  a = "x"
  c = "${local.b}-c"
  list = [for i in range(3) : "${local.c}-${i}"]
}
locals {
  b   = upper(local.a)
  map = { for i, v in local.list : v => i if i != 1 }
}
output "list" { value = local.list }
output "map" { value = local.map }
