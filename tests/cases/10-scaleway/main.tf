terraform {
  required_providers {
    scaleway = {
      source = "scaleway/scaleway"
    }
  }
}

provider "scaleway" {
  region = "fr-par"
  zone   = "fr-par-1"
}

resource "scaleway_object_bucket" "records" {
  name = "records"
}

resource "scaleway_vpc_private_network" "records" {
  name = "records"
}

resource "scaleway_rdb_instance" "records" {
  name               = "records"
  node_type          = "DB-GP-XS"
  engine             = "PostgreSQL-15"
  encryption_at_rest = true

  private_network {
    pn_id       = scaleway_vpc_private_network.records.id
    enable_ipam = true
  }
}
