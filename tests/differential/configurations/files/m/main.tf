output "text" { value = trimspace(file("${path.module}/own.txt")) }
