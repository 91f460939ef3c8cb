module "region" {
  source   = "./region"
  for_each = toset(["eu-west-3", "eu-central-1"])
  region   = each.value
  stores   = each.key == "eu-west-3" ? ["a", "b"] : ["c"]
}
output "ids" { value = flatten([for r in module.region : r.ids]) }
output "first" { value = module.region["eu-west-3"].ids[0] }
