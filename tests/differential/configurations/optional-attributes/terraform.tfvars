settings = {
  name  = "x"
  extra = "dropped"
  nested = { level = "low" }
  rules = [{ port = 80 }, { port = "53", protocol = "udp" }]
}
