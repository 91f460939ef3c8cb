provider "google" {
  project         = "s3ns:records"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "u-france-east1"
}

resource "google_redis_instance" "sessions" {
  name                    = "sessions"
  memory_size_gb          = 1
  tier                    = "STANDARD_HA"
  transit_encryption_mode = "SERVER_AUTHENTICATION"
}
