terraform {
  required_providers {
    ovh = {
      source = "ovh/ovh"
    }
  }
}

provider "ovh" {
  endpoint = "ovh-eu"
}

resource "ovh_cloud_project_storage" "records" {
  service_name = "0123456789abcdef"
  region_name  = "GRA"
  name         = "records"

  encryption = {
    sse_algorithm = "AES256"
  }
}
