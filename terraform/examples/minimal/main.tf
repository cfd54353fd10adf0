# The least that keeps three copies in three zones: for a trial, or a small load.

provider "aws" {
  region = var.region
}

module "sluice" {
  source = "../.."

  name           = "sluice"
  zones          = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
  endpoint_zones = 1
  log_days       = 30

  artifacts = {
    bucket    = var.artifacts_bucket
    sluice    = "sluice.tar.gz"
    compactor = "sluice-compactor.zip"
  }

  zookeeper = { instance_type = "t3.small", java_opts = "-Xms512m -Xmx512m" }

  bookie = {
    instance_type = "i4i.large"
    java_opts     = "-Xms2g -Xmx2g -XX:MaxDirectMemorySize=4g"
    settings = {
      "bookie.write-cache-bytes"  = "1GiB"
      "bookie.read-cache-bytes"   = "512MiB"
      "bookie.index-cache-bytes"  = "128MiB"
      "bookie.disk-usage-percent" = "95"
    }
  }

  gateway = {
    capacity      = 2
    instance_type = "m7i.large"
    java_opts     = "-Xms2g -Xmx2g -XX:MaxDirectMemorySize=3g"
    settings      = { "gateway.memory-bytes" = "2GiB" }
  }

  compactor = { maximum_concurrency = 2 }
}
