provider "openstack" {
  auth_url = "https://identity.nubo.example:5000/v3"
  region   = "idf"
}

resource "openstack_objectstorage_container_v1" "records" {
  name = "records"
}
