variable "name" {}
output "path" { value = "${var.name}/inner" }
