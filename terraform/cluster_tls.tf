# TLS between the cluster's own parts: one certificate for all of them, by which they know each other. Its values come from Secrets Manager.

locals {
  cluster_tls_enabled = var.cluster_tls == null ? !var.insecure : var.cluster_tls

  # In the certificate for bookies, which are reached by addresses that nobody knows beforehand. Nobody has to resolve it.
  cluster_name = "${var.name}.sluice.internal"

  cluster_folder   = "/run/sluice/cluster"
  cluster_identity = "${local.cluster_folder}/identity"
  cluster_ca       = "${local.cluster_folder}/ca"

  # All parts have one subject, so that what one makes in ZooKeeper the others may change, and nobody else.
  zookeeper_tls_settings = {
    "zookeeper.tls.certificate-and-key" = local.cluster_identity
    "zookeeper.tls.ca"                  = local.cluster_ca
    "zookeeper.tls.acl"                 = "true"
  }

  bookkeeper_tls_settings = {
    "bookkeeper.tls.certificate" = local.cluster_identity
    "bookkeeper.tls.key"         = local.cluster_identity
    "bookkeeper.tls.ca"          = local.cluster_ca
    "bookkeeper.tls.peer-name"   = local.cluster_name
  }

  bookie_tls_settings = {
    "bookie.tls.certificate" = local.cluster_identity
    "bookie.tls.key"         = local.cluster_identity
    "bookie.tls.client-ca"   = local.cluster_ca
  }

  machine_tls_settings = {
    zookeeper = local.zookeeper_tls_settings
    gateway   = merge(local.zookeeper_tls_settings, local.bookkeeper_tls_settings)
    bookie    = merge(local.zookeeper_tls_settings, local.bookkeeper_tls_settings, local.bookie_tls_settings)
  }

  # By kind of machine; nothing without TLS.
  machine_tls = {
    for kind, settings in local.machine_tls_settings : kind => {
      identity       = local.cluster_identity
      ca             = local.cluster_ca
      settings       = settings
      files          = module.cluster_secrets[0].files
      start_commands = module.cluster_secrets[0].start_commands
      unit           = module.cluster_secrets[0].unit
      statements     = module.cluster_secrets[0].statements
    } if local.cluster_tls_enabled
  }

  compactor_tls = local.cluster_tls_enabled ? {
    identity   = module.cluster_secrets[0].ids["identity"]
    ca         = module.cluster_secrets[0].ids["ca"]
    peer_name  = local.cluster_name
    statements = module.cluster_secrets[0].statements
  } : null
}

module "cluster_secrets" {
  source = "./modules/secrets"
  count  = local.cluster_tls_enabled ? 1 : 0

  name        = var.name
  kind        = "cluster"
  readers     = ["bookie", "compactor", "gateway", "zookeeper"]
  folder      = local.cluster_folder
  region      = local.region
  account_id  = local.account_id
  partition   = local.partition
  kms_key_arn = module.storage.kms_key_arn
  protected   = var.protected
  tags        = local.tags

  secrets = {
    identity = "The certificate of all parts of the cluster, those between it and its CA, and its private key: PEM, PKCS #8, without a password, in one"
    ca       = "The CAs of the cluster's certificate: PEM"
  }
  sealed = ["identity"]
}
