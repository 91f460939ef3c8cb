variable "value" {}
output "value" { value = "m:${var.value}" }
