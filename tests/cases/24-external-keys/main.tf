provider "google" {
  project = "records"
  region  = "europe-west9"
}

resource "google_kms_ekm_connection" "okms" {
  name     = "okms"
  location = "europe-west9"

  service_resolvers {
    service_directory_service = "projects/records/locations/europe-west9/namespaces/n/services/s"
    hostname                  = "eu-west-rbx.okms.ovh.net"

    server_certificates {
      raw_der = "MIIB"
    }
  }
}

resource "google_kms_key_ring" "records" {
  name     = "records"
  location = "europe-west9"
}

resource "google_kms_crypto_key" "records" {
  name               = "records"
  key_ring           = google_kms_key_ring.records.id
  crypto_key_backend = google_kms_ekm_connection.okms.id

  version_template {
    algorithm        = "EXTERNAL_SYMMETRIC_ENCRYPTION"
    protection_level = "EXTERNAL_VPC"
  }
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"

  encryption {
    default_kms_key_name = google_kms_crypto_key.records.id
  }
}

resource "google_compute_instance" "records" {
  name         = "records"
  machine_type = "e2-medium"
  zone         = "europe-west9-a"

  boot_disk {
    kms_key_self_link = google_kms_crypto_key.records.id

    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    network = "default"
  }
}
