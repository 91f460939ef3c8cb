output "x" { value = 1 }
output "y" { value = { z = [10, 20] } }
