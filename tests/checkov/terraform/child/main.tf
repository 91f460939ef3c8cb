variable "name" {
  type = string
}

resource "aws_sqs_queue" "patients" {
  name = var.name
  tags = { data = "sante" }
}
