variable "name" {}
module "inner" {
  source = "./inner"
  name   = "${var.name}/outer"
}
output "path" { value = module.inner.path }
output "dir" { value = path.module }
