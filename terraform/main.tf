# Sluice over three availability zones: ZooKeeper, bookies, gateways, the compactor's function, and the lake in S3 and Glue.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

locals {
  account_id = data.aws_caller_identity.this.account_id
  partition  = data.aws_partition.this.partition
  region     = data.aws_region.this.region
  ami_id     = var.ami_id == null ? nonsensitive(data.aws_ssm_parameter.ami.value) : var.ami_id
  bucket     = var.lake_bucket == null ? "${var.name}-lake-${local.account_id}-${local.region}" : var.lake_bucket
  bookies    = var.bookies == null ? { for index, zone in slice(var.zones, 0, min(3, length(var.zones))) : "bookie-${index + 1}" => zone } : var.bookies
  tags       = merge({ "sluice:cluster" = var.name }, var.tags)

  artifact = { bucket = var.artifacts.bucket, key = var.artifacts.sluice, kms_key_arn = var.artifacts.kms_key_arn }

  # What is given replaces these one by one.
  bookie_settings = {
    "bookie.write-cache-bytes"  = "2GiB"
    "bookie.read-cache-bytes"   = "1GiB"
    "bookie.index-cache-bytes"  = "512MiB"
    "bookie.entry-log-bytes"    = "1GiB"
    "bookie.disk-usage-percent" = "95"
  }
  gateway_settings = {
    "gateway.memory-bytes" = "4GiB"
  }
}

module "storage" {
  source = "./modules/storage"

  name          = var.name
  region        = local.region
  account_id    = local.account_id
  partition     = local.partition
  bucket        = local.bucket
  force_destroy = var.force_destroy
  tags          = local.tags
}

module "network" {
  source = "./modules/network"

  name           = var.name
  region         = local.region
  account_id     = local.account_id
  partition      = local.partition
  cidr           = var.cidr
  zones          = var.zones
  client_cidrs   = var.client_cidrs
  cluster_tls    = local.cluster_tls_enabled
  endpoint_zones = coalesce(var.endpoint_zones, length(var.zones))
  bucket_arns    = concat([module.storage.bucket_arn, "arn:${local.partition}:s3:::${var.artifacts.bucket}"], var.client_bucket_arns)
  flow_log_days  = var.log_days
  kms_key_arn    = module.storage.kms_key_arn
  tags           = local.tags
}

module "lake" {
  source = "./modules/lake"

  databases   = var.databases
  region      = local.region
  account_id  = local.account_id
  partition   = local.partition
  bucket      = module.storage.bucket
  kms_key_arn = module.storage.kms_key_arn
  tags        = local.tags
}

module "zookeeper" {
  source = "./modules/zookeeper"

  name                = var.name
  region              = local.region
  account_id          = local.account_id
  partition           = local.partition
  artifact            = local.artifact
  ami_id              = local.ami_id
  kms_key_arn         = module.storage.kms_key_arn
  log_days            = var.log_days
  subnet_ids          = module.network.subnet_ids
  security_group_id   = module.network.security_group_ids["zookeeper"]
  zones               = slice(var.zones, 0, min(3, length(var.zones)))
  instance_type       = var.zookeeper.instance_type
  volume_gib          = var.zookeeper.volume_gib
  java_opts           = var.zookeeper.java_opts
  tls                 = lookup(local.machine_tls, "zookeeper", null)
  unprotected_machine = var.unprotected_machine
  protected           = var.protected
  tags                = local.tags
}

module "bookies" {
  source = "./modules/bookies"

  name                = var.name
  region              = local.region
  account_id          = local.account_id
  partition           = local.partition
  artifact            = local.artifact
  ami_id              = local.ami_id
  kms_key_arn         = module.storage.kms_key_arn
  log_days            = var.log_days
  subnet_ids          = module.network.subnet_ids
  security_group_id   = module.network.security_group_ids["bookies"]
  zookeeper           = module.zookeeper.connect
  bookies             = local.bookies
  instance_type       = var.bookie.instance_type
  java_opts           = var.bookie.java_opts
  settings            = merge(local.bookie_settings, var.bookie.settings)
  tls                 = lookup(local.machine_tls, "bookie", null)
  unprotected_machine = var.unprotected_machine
  protected           = var.protected
  tags                = local.tags
}

module "compactor" {
  source = "./modules/compactor"

  name                = var.name
  region              = local.region
  account_id          = local.account_id
  partition           = local.partition
  artifact            = { bucket = var.artifacts.bucket, key = var.artifacts.compactor }
  kms_key_arn         = module.storage.kms_key_arn
  log_days            = var.log_days
  subnet_ids          = module.network.subnet_ids
  security_group_id   = module.network.security_group_ids["compactor"]
  zookeeper           = module.zookeeper.connect
  warehouse           = module.storage.warehouse
  lake_statements     = module.lake.read_write_statements
  tls                 = local.compactor_tls
  memory_mb           = var.compactor.memory_mb
  timeout_seconds     = var.compactor.timeout_seconds
  ephemeral_mb        = var.compactor.ephemeral_mb
  maximum_concurrency = var.compactor.maximum_concurrency
  schedule_minutes    = var.compactor.schedule_minutes
  tags                = local.tags
}

module "gateways" {
  source = "./modules/gateways"

  name                       = var.name
  region                     = local.region
  account_id                 = local.account_id
  partition                  = local.partition
  artifact                   = merge(local.artifact, { key = coalesce(var.artifacts.gateway, var.artifacts.sluice) })
  ami_id                     = local.ami_id
  kms_key_arn                = module.storage.kms_key_arn
  log_days                   = var.log_days
  vpc_id                     = module.network.vpc_id
  subnet_ids                 = module.network.subnet_ids
  security_group_id          = module.network.security_group_ids["gateways"]
  balancer_security_group_id = module.network.security_group_ids["balancer"]
  zookeeper                  = module.zookeeper.connect
  warehouse                  = module.storage.warehouse
  lake_statements            = module.lake.read_write_statements
  queue                      = { url = module.compactor.queue_url, arn = module.compactor.queue_arn }
  dead_queue                 = { url = module.compactor.dead_queue_url, arn = module.compactor.dead_queue_arn }
  instance_type              = var.gateway.instance_type
  capacity                   = var.gateway.capacity
  java_opts                  = var.gateway.java_opts
  settings                   = merge(local.gateway_settings, var.gateway.settings)
  insecure                   = var.insecure
  cluster_tls                = lookup(local.machine_tls, "gateway", null)
  hostname                   = var.hostname
  protected                  = var.protected
  tags                       = local.tags

  # Compactors read what gateways write, so that none may be older than the gateways.
  depends_on = [module.compactor, module.bookies]
}

module "observability" {
  source = "./modules/observability"

  name                = var.name
  region              = local.region
  account_id          = local.account_id
  kms_key_arn         = module.storage.kms_key_arn
  alarm_emails        = var.alarm_emails
  bookies             = keys(local.bookies)
  zookeepers          = keys(module.zookeeper.machines)
  function_name       = module.compactor.function_name
  queue_name          = module.compactor.queue_name
  dead_queue_name     = module.compactor.dead_queue_name
  balancer_suffix     = module.gateways.balancer_suffix
  target_group_suffix = module.gateways.target_group_suffix
  gateways            = var.gateway.capacity
  lake_lag_seconds    = var.lake_lag_seconds
  tags                = local.tags
}
