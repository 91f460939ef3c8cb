variable "one" {}
variable "many" {}
output "one" { value = var.one.input.name }
output "many" { value = [for m in var.many : m.input] }
