module "store" {
  source = "../../modules/store"
  name   = "prod"
}
output "name" { value = module.store.name }
output "root" { value = path.root }
output "module_path" { value = module.store.here }
