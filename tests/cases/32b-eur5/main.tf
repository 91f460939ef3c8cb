provider "google" {
  project = "records"
  region  = "europe-west9"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "EUR5"
}
