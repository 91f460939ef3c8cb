variable "secret" {
  default   = "s3cret"
  sensitive = true
}
output "length" { value = nonsensitive(length(var.secret)) }
output "shape" {
  value     = { for k, v in { a = var.secret } : k => upper(v) }
  sensitive = true
}
