module "plain" {
  source = "./m"
}
module "given" {
  source = "./m"
  region = "eu-west-1"
  tags   = { env = "prod" }
}
output "plain" { value = module.plain.tags }
output "given" { value = module.given.tags }
