variable "settings" {
  type = object({
    name    = string
    region  = optional(string, "eu-west-3")
    tags    = optional(map(string), { owner = "ops" })
    size    = optional(number)
    nested = optional(object({
      enabled = optional(bool, true)
      level   = optional(string, "high")
    }), {})
    rules = optional(list(object({
      port     = number
      protocol = optional(string, "tcp")
    })), [])
  })
}
output "settings" { value = var.settings }
output "protocols" { value = [for r in var.settings.rules : "${r.protocol}/${r.port}"] }
