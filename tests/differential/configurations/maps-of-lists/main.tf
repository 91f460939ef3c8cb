variable "teams" {
  type = map(list(string))
  default = { a = ["x", "y"], b = [], c = ["z"] }
}
locals {
  members = flatten([for team, names in var.teams : [for n in names : { team = team, name = n }]])
  by_name = { for m in local.members : m.name => m.team }
  grouped = { for m in local.members : m.team => m.name... }
}
resource "terraform_data" "member" {
  for_each = { for m in local.members : "${m.team}/${m.name}" => m }
  input    = each.value.name
}
output "by_name" { value = local.by_name }
output "grouped" { value = local.grouped }
output "members" { value = { for k, v in terraform_data.member : k => v.input } }
