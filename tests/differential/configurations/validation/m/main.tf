variable "region" {
  validation {
    condition     = can(regex("^eu-", var.region))
    error_message = "Not in the Union."
  }
}
output "region" { value = var.region }
