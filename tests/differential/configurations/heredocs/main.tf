locals {
  name   = "x"
  policy = <<-EOT
    {
      "Region": "${local.name}",
      %{if local.name == "x"~}
      "Here": true
      %{else~}
      "Here": false
      %{endif~}
    }
  EOT
}
output "policy" { value = local.policy }
output "here" { value = jsondecode(local.policy).Here }
