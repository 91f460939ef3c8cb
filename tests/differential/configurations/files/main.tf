locals {
  settings = yamldecode(file("${path.module}/settings.yaml"))
  json     = jsondecode(file("settings.json"))
  text     = templatefile("${path.module}/greeting.tftpl", { name = "you", items = ["a", "b"] })
}
module "m" {
  source = "./m"
}
output "region" { value = local.settings.regions[0] }
output "json" { value = local.json.a.b }
output "text" { value = local.text }
output "m" { value = module.m.text }
output "set" { value = fileset(path.module, "**/*.txt") }
output "exists" { value = [fileexists("settings.json"), fileexists("absent.json")] }
output "trimmed" { value = try(file("absent"), "absent") }
