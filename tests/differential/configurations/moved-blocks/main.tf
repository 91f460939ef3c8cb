moved {
  from = terraform_data.old
  to   = terraform_data.new
}
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
check "fine" {
  assert {
    condition     = terraform_data.new.input == "new"
    error_message = "unexpected"
  }
}
resource "terraform_data" "new" {
  input = "new"
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition     = self.input == "new"
      error_message = "unexpected"
    }
  }
  provisioner "local-exec" {
    command = "echo ${self.id}"
    when    = create
  }
}
output "new" { value = terraform_data.new.input }
