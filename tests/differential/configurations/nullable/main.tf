variable "strict" {
  type     = string
  nullable = false
  default  = "fallback"
}
variable "loose" {
  type    = string
  default = "fallback"
}
module "child" {
  source = "./child"
  strict = null
  loose  = null
}
output "strict" { value = var.strict }
output "loose" { value = var.loose == null ? "null" : var.loose }
output "child" { value = module.child.all }
