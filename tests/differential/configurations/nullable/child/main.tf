variable "strict" {
  nullable = false
  default  = "child fallback"
}
variable "loose" { default = "child fallback" }
output "all" { value = [var.strict, var.loose] }
