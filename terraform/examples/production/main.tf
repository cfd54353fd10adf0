# Three zones, two NVMe devices a bookie, gateways in each zone, alarms by mail, clients in a peered VPC.

provider "aws" {
  region = var.region

  default_tags {
    tags = { owner = "data-platform" }
  }
}

module "sluice" {
  source = "../.."

  name                = "sluice-prod"
  zones               = var.zones
  ami_id              = var.ami_id
  client_cidrs        = var.client_cidrs
  alarm_emails        = var.alarm_emails
  databases           = ["events", "reference"]
  unprotected_machine = var.unprotected_machine

  artifacts = {
    bucket    = var.artifacts_bucket
    sluice    = "sluice/${var.sluice_version}/sluice.tar.gz"
    compactor = "sluice/${var.sluice_version}/sluice-compactor.zip"
  }

  bookies = {
    bookie-a1 = var.zones[0]
    bookie-b1 = var.zones[1]
    bookie-c1 = var.zones[2]
  }

  gateway = { capacity = 6, instance_type = "m7i.2xlarge" }

  compactor = { maximum_concurrency = 50 }

  tags = { environment = "production" }
}
