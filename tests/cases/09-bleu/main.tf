provider "azurerm" {
  features {}
  environment   = "bleu"
  metadata_host = "management.sovcloud-api.fr"
}

resource "azurerm_resource_group" "records" {
  name     = "records"
  location = "bleufrancecentral"
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = azurerm_resource_group.records.name
  location                 = azurerm_resource_group.records.location
  account_tier             = "Standard"
  account_replication_type = "ZRS"
}
