module "outer" {
  source = "./outer"
  name   = "top"
}
output "path" { value = module.outer.path }
output "whole" { value = module.outer }
