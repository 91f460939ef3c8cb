variable "plain" { default = "x" }
variable "number" {
  type    = number
  default = "5"
}
variable "text" {
  type    = string
  default = 5
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "names" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "anything" {
  type    = any
  default = [1, "two", true]
}
output "plain" { value = var.plain }
output "number" { value = var.number + 1 }
output "text" { value = var.text }
output "flag" { value = var.flag ? "on" : "off" }
output "names" { value = var.names }
output "first" { value = tolist(var.names)[0] }
output "anything" { value = var.anything }
