terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}

provider "openstack" {
  auth_url = "https://keystone.eu-west-rbx-snc.cloud.snc.ovh.net/v3"
  region   = "eu-west-rbx-snc"
}

resource "openstack_blockstorage_volume_v3" "records" {
  name = "records"
  size = 100
}
