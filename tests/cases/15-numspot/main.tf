terraform {
  required_providers {
    numspot = {
      source = "numspot/numspot"
    }
  }
}

provider "numspot" {
  region = "cloudgouv-eu-west-1"
}

resource "numspot_kubernetes_cluster" "records" {
  name = "records"
}

resource "numspot_postgres_cluster" "records" {
  name = "records"
}
