output "workspace" { value = "ws-${terraform.workspace}" }
