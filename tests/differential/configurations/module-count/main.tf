variable "enabled" { default = false }
module "on" {
  source = "./m"
  count  = 2
  n      = count.index
}
module "off" {
  source = "./m"
  count  = var.enabled ? 1 : 0
  n      = 9
}
output "on" { value = module.on[*].n }
output "last" { value = module.on[1].n }
output "off" { value = try(module.off[0].n, "none") }
output "one" { value = one(module.off[*].n) }
