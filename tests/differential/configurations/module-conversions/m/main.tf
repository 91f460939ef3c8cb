variable "number" { type = number }
variable "list" { type = list(string) }
variable "map" { type = map(string) }
variable "object" { type = object({ name = string }) }
variable "tuple" { type = tuple([number, string]) }
variable "any_map" { type = map(any) }
output "all" {
  value = [var.number, var.list, var.map, var.object, var.tuple, var.any_map]
}
