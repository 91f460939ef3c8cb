terraform {
  required_providers {
    clevercloud = {
      source = "clevercloud/clevercloud"
    }
  }
}

provider "clevercloud" {
}

resource "clevercloud_postgresql" "records" {
  name       = "records"
  plan       = "xs_sml"
  region     = "par"
  encryption = true
}
