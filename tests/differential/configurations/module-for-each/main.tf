variable "stores" {
  type = map(object({ region = string, copies = optional(number, 1) }))
  default = {
    a = { region = "eu-west-3" }
    b = { region = "eu-central-1", copies = 2 }
  }
}
module "store" {
  source   = "./store"
  for_each = var.stores
  name     = each.key
  region   = each.value.region
  copies   = each.value.copies
}
output "regions" { value = { for k, m in module.store : k => m.region } }
output "b" { value = module.store["b"].copies }
output "all" { value = module.store }
