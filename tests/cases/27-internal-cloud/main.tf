provider "openstack" {
  auth_url = "https://identity.nubo.local:5000/v3"
  region   = "nubo"
}

resource "openstack_objectstorage_container_v1" "records" {
  name = "records"
}
