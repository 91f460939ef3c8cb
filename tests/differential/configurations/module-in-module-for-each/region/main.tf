variable "region" {}
variable "stores" { type = list(string) }
module "store" {
  source = "./store"
  count  = length(var.stores)
  name   = "${var.region}/${var.stores[count.index]}"
}
output "ids" { value = module.store[*].id }
