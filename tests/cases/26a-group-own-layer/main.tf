provider "vsphere" {
  vsphere_server = "vcenter.example.internal"
}

resource "vsphere_virtual_machine" "records" {
  name = "records"
}
