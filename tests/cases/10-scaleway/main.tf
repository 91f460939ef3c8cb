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

resource "scaleway_object_bucket_server_side_encryption_configuration" "records" {
  bucket = scaleway_object_bucket.records.name

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
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
