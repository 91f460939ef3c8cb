terraform {
  required_providers {
    outscale = {
      source = "outscale/outscale"
    }
  }
}

provider "outscale" {
  region = "eu-west-2"
}

resource "outscale_volume" "records" {
  subregion_name = "eu-west-2a"
  size           = 100
}
