provider "azurerm" {
  features {}
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "records"
  location                 = "norwayeast"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
}
