# Three servers of ZooKeeper in three zones. Address and data of a server outlive its machine: an interface and a volume of their own.

locals {
  servers = { for index, zone in var.zones : "zookeeper-${index + 1}" => { id = index + 1, zone = zone } }
  connect = join(",", [for server in sort(keys(local.servers)) : "${aws_network_interface.this[server].private_ip}:${local.port}"])

  # The secure port alone, if there is one.
  port   = var.tls == null ? 2181 : 2281
  starts = flatten(var.tls[*].start_commands)
  units  = var.tls[*].unit

  # Servers know each other, and clients know them, by addresses; and by the names that these are looked up by.
  machine_domain    = var.region == "us-east-1" ? "ec2.internal" : "${var.region}.compute.internal"
  addresses         = [for server in sort(keys(local.servers)) : aws_network_interface.this[server].private_ip]
  certificate_names = flatten([for address in local.addresses : ["IP:${address}", "DNS:ip-${replace(address, ".", "-")}.${local.machine_domain}"]])

  metrics_env = merge(
    { SLUICE_FOLDERS = "/var/lib/zookeeper:/", SLUICE_ZOOKEEPER = local.connect, SLUICE_ZOOKEEPER_PORT = local.port, SLUICE_JAVA_OPTS = "-Xmx128m" },
    var.tls == null ? {} : { SLUICE_CONFIG = "/etc/sluice/cluster.properties", SLUICE_CLUSTER_IDENTITY = var.tls.identity, SLUICE_CLUSTER_CA = var.tls.ca }
  )

  security_files = var.tls == null ? [] : concat(var.tls.files, [
    {
      path        = "/etc/sluice/cluster.properties"
      permissions = "0644"
      content     = join("", [for key in sort(keys(var.tls.settings)) : "${key} = ${var.tls.settings[key]}\n"])
    },
  ])

  files = {
    for server, place in local.servers : server => [
      {
        path        = "/etc/sluice/zoo.cfg"
        permissions = "0644"
        content = templatefile("${path.module}/files/zoo.cfg", {
          own      = aws_network_interface.this[server].private_ip
          port     = local.port
          identity = var.tls == null ? "" : var.tls.identity
          ca       = var.tls == null ? "" : var.tls.ca
          servers  = { for other, there in local.servers : there.id => aws_network_interface.this[other].private_ip }
        })
      },
      {
        path        = "/etc/systemd/system/sluice-zookeeper.service"
        permissions = "0644"
        content     = templatefile("${path.module}/files/sluice-zookeeper.service", { java_opts = var.java_opts, starts = local.starts })
      },
      {
        path        = "/etc/sluice/metrics.env"
        permissions = "0644"
        content     = join("", [for key, value in merge(local.metrics_env, { SLUICE_MACHINE = server }) : "${key}=${value}\n"])
      },
    ]
  }

  commands = {
    for server, place in local.servers : server => [
      [
        "/usr/local/bin/sluice-disk", "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${replace(aws_ebs_volume.data[server].id, "-", "")}",
        "/var/lib/zookeeper"
      ],
      ["install", "-d", "-o", "sluice", "-g", "sluice", "/var/lib/zookeeper/data"],
      ["sh", "-c", "echo ${place.id} >/var/lib/zookeeper/data/myid"],
      concat(["systemctl", "enable", "--now"], local.units, ["sluice-zookeeper"]),
    ]
  }

  cloud_config = {
    for server in keys(local.servers) : server => {
      packages    = module.machine.packages
      write_files = concat(module.machine.files, local.security_files, local.files[server])
      runcmd      = concat(module.machine.commands, local.commands[server])
    }
  }
}

module "machine" {
  source = "../machine"

  name        = var.name
  kind        = "zookeeper"
  region      = var.region
  account_id  = var.account_id
  partition   = var.partition
  artifact    = var.artifact
  kms_key_arn = var.kms_key_arn
  log_days    = var.log_days
  statements  = flatten(var.tls[*].statements)
  tags        = var.tags
}

resource "aws_network_interface" "this" {
  for_each = local.servers

  description     = "${var.name} ${each.key}"
  subnet_id       = var.subnet_ids[each.value.zone]
  security_groups = [var.security_group_id]

  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_ebs_volume" "data" {
  for_each = local.servers

  availability_zone = each.value.zone
  size              = var.volume_gib
  type              = "gp3"
  encrypted         = true
  kms_key_id        = var.kms_key_arn
  final_snapshot    = true

  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_instance" "this" {
  # checkov:skip=CKV_AWS_126: a minute of its own metrics says what is needed
  for_each = local.servers

  ami                     = var.ami_id
  instance_type           = var.instance_type
  ebs_optimized           = true
  iam_instance_profile    = module.machine.instance_profile
  disable_api_termination = var.protected && var.unprotected_machine != each.key
  disable_api_stop        = var.protected && var.unprotected_machine != each.key
  user_data_base64        = base64gzip("#cloud-config\n${jsonencode(local.cloud_config[each.key])}")

  primary_network_interface {
    network_interface_id = aws_network_interface.this[each.key].id
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
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
    # A newer image or version must not replace two servers at once: each is replaced, or upgraded, by name.
    ignore_changes = [ami, instance_type, user_data, user_data_base64]
  }
}

resource "aws_volume_attachment" "data" {
  for_each = local.servers

  device_name                    = "/dev/sdf"
  volume_id                      = aws_ebs_volume.data[each.key].id
  instance_id                    = aws_instance.this[each.key].id
  stop_instance_before_detaching = true
}
