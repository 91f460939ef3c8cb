locals {
  config = { for f in fileset("${path.module}/stores", "*.yaml") : trimsuffix(f, ".yaml") => yamldecode(file("${path.module}/stores/${f}")) }
  flat = merge([
    for name, store in local.config : {
      for region in store.regions : "${name}-${region}" => { store = name, region = region }
    }
  ]...)
}
resource "terraform_data" "store" {
  for_each = local.flat
  input    = each.value
}
output "stores" { value = { for k, v in terraform_data.store : k => v.input.region } }
