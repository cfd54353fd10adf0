# Gateways in an Auto Scaling group behind a network load balancer. Clients find the cluster through the balancer, and then go to each
# bucket's owner itself. One that is to end is stopped first, which hands its buckets over, while the group waits.

locals {
  port      = 9470
  full_name = "${var.name}-gateway"

  # Of a machine's name, by which gateways and clients know it: AWS's own names, which the VPC's resolver knows.
  machine_domain = var.region == "us-east-1" ? "ec2.internal" : "${var.region}.compute.internal"
  host           = coalesce(var.hostname, aws_lb.this.dns_name)

  folder        = one(module.secrets[*].folder)
  metrics_token = "/run/sluice/metrics-token"

  # What brings the gateways' own secrets brings the cluster's too.
  cluster_settings = var.cluster_tls == null ? {} : var.cluster_tls.settings
  cluster_starts   = flatten(var.cluster_tls[*].start_commands)
  starts           = var.insecure ? local.cluster_starts : module.secrets[0].start_commands
  units            = var.insecure ? var.cluster_tls[*].unit : module.secrets[*].unit

  security = var.insecure ? {} : {
    "gateway.auth.tokens"     = "${local.folder}/known-tokens"
    "gateway.tls.certificate" = "${local.folder}/certificate"
    "gateway.tls.key"         = "${local.folder}/key"
    "gateway.tls.ca"          = "${local.folder}/ca"
  }

  metrics_env = var.insecure ? {} : { SLUICE_TLS_CA = "${local.folder}/ca", SLUICE_TOKEN_FILE = local.metrics_token }

  # A row's three copies are in three zones, its acknowledgement in two at least.
  cluster = { "announce.queue-url" = var.queue.url, "announce.dead-queue-url" = var.dead_queue.url, "placement.min-racks" = "3" }

  settings = merge(local.cluster, local.security, local.cluster_settings, var.settings)

  security_files = var.insecure ? flatten(var.cluster_tls[*].files) : concat(module.secrets[0].files, [
    { path = "/usr/local/bin/sluice-tokens", permissions = "0755", content = file("${path.module}/files/sluice-tokens") },
  ])

  files = concat(local.security_files, [
    {
      path        = "/etc/sluice/gateway.properties"
      permissions = "0644"
      content     = join("", [for key in sort(keys(local.settings)) : "${key} = ${local.settings[key]}\n"])
    },
    {
      path        = "/etc/systemd/system/sluice-gateway.service"
      permissions = "0644"
      content = templatefile("${path.module}/files/sluice-gateway.service", {
        zookeeper = var.zookeeper, warehouse = var.warehouse, java_opts = var.java_opts, port = local.port, region = var.region,
        handover  = var.handover_seconds, starts = local.starts, insecure = var.insecure
      })
    },
    { path = "/usr/local/bin/sluice-handover", permissions = "0755", content = file("${path.module}/files/sluice-handover") },
    {
      path        = "/etc/systemd/system/sluice-handover.service"
      permissions = "0644"
      content     = templatefile("${path.module}/files/sluice-handover.service", { group = local.full_name, hook = local.hook, region = var.region })
    },
    {
      path        = "/etc/sluice/metrics.env"
      permissions = "0644"
      content     = join("", [for key, value in merge({ SLUICE_FOLDERS = "/" }, local.metrics_env) : "${key}=${value}\n"])
    },
  ])

  hook = "hand-over"

  cloud_config = {
    packages    = module.machine.packages
    write_files = concat(module.machine.files, local.files)
    runcmd      = concat(module.machine.commands, [concat(["systemctl", "enable", "--now"], local.units, ["sluice-gateway", "sluice-handover"])])
  }
}

module "secrets" {
  source = "../secrets"
  count  = var.insecure ? 0 : 1

  name        = var.name
  kind        = "gateway"
  region      = var.region
  account_id  = var.account_id
  partition   = var.partition
  kms_key_arn = var.kms_key_arn
  protected   = var.protected
  tags        = var.tags

  secrets = {
    certificate = "The gateways' certificate, and those between it and its CA: PEM"
    key         = "The private key of the gateways' certificate: PEM, without a password"
    ca          = "The CAs of the gateways' certificates: PEM"
    tokens      = "Who may call: a line for each token, with its hash, as sluice token create writes it"
  }
  sealed   = ["key"]
  commands = concat(["/usr/local/bin/sluice-tokens /run/sluice/secrets sluice ${local.metrics_token}"], local.cluster_starts)
}

module "machine" {
  source = "../machine"

  name        = var.name
  kind        = "gateway"
  region      = var.region
  account_id  = var.account_id
  partition   = var.partition
  artifact    = var.artifact
  kms_key_arn = var.kms_key_arn
  log_days    = var.log_days
  tags        = var.tags

  statements = concat(var.lake_statements, flatten(module.secrets[*].statements), flatten(var.cluster_tls[*].statements), [
    {
      Sid      = "HandOver"
      Effect   = "Allow"
      Action   = ["autoscaling:CompleteLifecycleAction"]
      Resource = ["arn:${var.partition}:autoscaling:${var.region}:${var.account_id}:autoScalingGroup:*:autoScalingGroupName/${local.full_name}"]
    },
    {
      Sid      = "Announce"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [var.queue.arn]
    },
    {
      Sid      = "AnnounceEncrypted"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
    },
    {
      Sid      = "CountDeadMessages"
      Effect   = "Allow"
      Action   = ["sqs:GetQueueAttributes"]
      Resource = [var.dead_queue.arn]
    },
  ])
}

resource "aws_launch_template" "this" {
  name                   = local.full_name
  image_id               = var.ami_id
  instance_type          = var.instance_type
  ebs_optimized          = true
  vpc_security_group_ids = [var.security_group_id]
  update_default_version = true
  user_data              = base64gzip("#cloud-config\n${jsonencode(local.cloud_config)}")

  iam_instance_profile {
    name = module.machine.instance_profile
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      kms_key_id            = var.kms_key_arn
      delete_on_termination = true
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  tag_specifications {
    resource_type = "instance"
    tags          = merge(var.tags, { Name = local.full_name })
  }

  tag_specifications {
    resource_type = "volume"
    tags          = merge(var.tags, { Name = local.full_name })
  }

  tags = var.tags
}

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91: a balancer of this kind logs those TLS connections only that end at it; these go through to the gateways
  # checkov:skip=CKV_AWS_150: it is on unless "protected" is set to false to destroy the deployment
  name                             = local.full_name
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = values(var.subnet_ids)
  security_groups                  = [var.balancer_security_group_id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.protected

  tags = var.tags
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378: it is TCP, in which TLS goes through to the gateways; checks are HTTP only of gateways that are insecure on purpose
  name                   = local.full_name
  vpc_id                 = var.vpc_id
  port                   = local.port
  protocol               = "TCP"
  target_type            = "instance"
  deregistration_delay   = 30
  connection_termination = false

  health_check {
    protocol            = var.insecure ? "HTTP" : "HTTPS"
    port                = "traffic-port"
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 6
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = var.tags
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  tags = var.tags
}

resource "aws_autoscaling_group" "this" {
  name                = local.full_name
  vpc_zone_identifier = values(var.subnet_ids)
  target_group_arns   = [aws_lb_target_group.this.arn]

  # Room for the one that takes another's place.
  min_size         = var.capacity
  desired_capacity = var.capacity
  max_size         = var.capacity + 1

  # EC2's checks only: /readyz fails at all gateways when ZooKeeper is away, and replacing all of them would help nobody. A gateway that ends is started again.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 120
  wait_for_capacity_timeout = "0"

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  initial_lifecycle_hook {
    name                 = local.hook
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    heartbeat_timeout    = var.handover_seconds
    default_result       = "CONTINUE"
  }

  # One new gateway first, then an old one hands over and ends, and so on.
  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 100 + ceil(100 / var.capacity)
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 100 + ceil(100 / var.capacity)
      instance_warmup        = 120
      auto_rollback          = true
    }
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = local.full_name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = false
    }
  }
}
