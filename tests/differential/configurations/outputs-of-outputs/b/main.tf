variable "from_a" {
  type = object({ x = number, y = any })
}
output "result" { value = var.from_a.y.z[var.from_a.x] }
