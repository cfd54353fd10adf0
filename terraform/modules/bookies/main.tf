# Bookies on instance-store NVMe. A machine's disks live as long as it does, so its id is part of the bookie's: a bookie keeps its id through
# restarts, and one on new disks never has the id of another. Nothing replaces a machine by itself, and EC2 refuses to end any but one.

locals {
  journal = "/srv/sluice/journal"
  ledgers = "/srv/sluice/ledgers"

  # Where the machine itself reads what the bookie and autorecovery tell of themselves (sluice-metrics).
  metrics = { "bookie.metrics.port" = "9471", "autorecovery.metrics.port" = "9472" }

  settings = merge(var.settings, local.metrics, var.tls == null ? {} : var.tls.settings)
  starts   = flatten(var.tls[*].start_commands)
  units    = var.tls[*].unit

  files = {
    for name, zone in var.bookies : name => [
      { path = "/usr/local/bin/sluice-nvme", permissions = "0755", content = file("${path.module}/files/sluice-nvme") },
      {
        path        = "/etc/sluice/bookie.properties"
        permissions = "0644"
        content     = join("", [for key in sort(keys(local.settings)) : "${key} = ${local.settings[key]}\n"])
      },
      {
        path        = "/etc/systemd/system/sluice-bookie.service"
        permissions = "0644"
        content = templatefile("${path.module}/files/sluice-bookie.service", {
          name     = name, zone = zone, zookeeper = var.zookeeper, journal = local.journal, ledgers = local.ledgers, java_opts = var.java_opts, starts = local.starts
          insecure = var.tls == null
        })
      },
      {
        path        = "/etc/systemd/system/sluice-autorecovery.service"
        permissions = "0644"
        content     = templatefile("${path.module}/files/sluice-autorecovery.service", { zookeeper = var.zookeeper, starts = local.starts })
      },
      {
        path        = "/etc/sluice/metrics.env"
        permissions = "0644"
        content     = "SLUICE_MACHINE=${name}\nSLUICE_FOLDERS=${local.journal}:${local.ledgers}:/\n"
      },
    ]
  }

  commands = [
    ["/usr/local/bin/sluice-nvme", local.journal, local.ledgers],
    concat(["systemctl", "enable", "--now"], local.units, ["sluice-bookie", "sluice-autorecovery"]),
  ]

  cloud_config = {
    for name in keys(var.bookies) : name => {
      packages    = module.machine.packages
      write_files = concat(module.machine.files, flatten(var.tls[*].files), local.files[name])
      runcmd      = concat(module.machine.commands, local.commands)
    }
  }
}

module "machine" {
  source = "../machine"

  name        = var.name
  kind        = "bookie"
  region      = var.region
  account_id  = var.account_id
  partition   = var.partition
  artifact    = var.artifact
  kms_key_arn = var.kms_key_arn
  log_days    = var.log_days
  statements  = flatten(var.tls[*].statements)
  tags        = var.tags
}

resource "aws_instance" "this" {
  # checkov:skip=CKV_AWS_126: a minute of its own metrics says what is needed
  for_each = var.bookies

  ami                     = var.ami_id
  instance_type           = var.instance_type
  availability_zone       = each.value
  subnet_id               = var.subnet_ids[each.value]
  vpc_security_group_ids  = [var.security_group_id]
  ebs_optimized           = true
  iam_instance_profile    = module.machine.instance_profile
  disable_api_termination = var.protected && var.unprotected_machine != each.key
  disable_api_stop        = var.protected && var.unprotected_machine != each.key
  user_data_base64        = base64gzip("#cloud-config\n${jsonencode(local.cloud_config[each.key])}")

  # A machine that is moved to other hardware comes back with empty disks: that is for people to decide.
  maintenance_options {
    auto_recovery = "disabled"
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 30
    encrypted   = true
    kms_key_id  = var.kms_key_arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })

  lifecycle {
    # A newer image or version must not replace, or stop, bookies: their disks would be gone.
    ignore_changes = [ami, instance_type, user_data, user_data_base64]
  }
}
