locals { from_b = local.b }
output "a" { value = "${local.from_b}/${var.c}" }
