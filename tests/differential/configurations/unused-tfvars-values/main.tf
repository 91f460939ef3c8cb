variable "known" { default = "default" }
output "known" { value = var.known }
