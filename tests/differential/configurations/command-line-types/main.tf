variable "untyped" {}
variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "map" { type = map(number) }
variable "any" { type = any }
output "all" {
  value = {
    untyped = var.untyped
    text    = var.text
    number  = var.number
    flag    = var.flag
    list    = var.list
    map     = var.map
    any     = var.any
  }
}
