# What machines of one kind have in common: a role, a log group, and the files and commands of cloud-init that each one adds its own to.

locals {
  full_name    = "${var.name}-${var.kind}"
  log_group    = "/sluice/${var.name}/${var.kind}"
  artifact_arn = "arn:${var.partition}:s3:::${var.artifact.bucket}/${var.artifact.key}"

  base_statements = [
    {
      Sid      = "Artifact"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [local.artifact_arn]
    },
    {
      Sid      = "Logs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = ["arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${local.log_group}:*"]
    },
    {
      # A metric has no ARN.
      Sid       = "Metrics"
      Effect    = "Allow"
      Action    = ["cloudwatch:PutMetricData"]
      Resource  = ["*"]
      Condition = { StringEquals = { "cloudwatch:namespace" = "Sluice" } }
    },
    {
      # What Session Manager needs, instead of SSH. Its channels have no ARN.
      Sid    = "Sessions"
      Effect = "Allow"
      Action = [
        "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel"
      ]
      Resource = ["*"]
    },
  ]

  key_statements = [
    for arn in compact([var.artifact.kms_key_arn]) : { Sid = "ArtifactKey", Effect = "Allow", Action = ["kms:Decrypt"], Resource = [arn] }
  ]

  agent = jsonencode({
    agent = { run_as_user = "root" }
    logs = {
      logs_collected = {
        files = {
          collect_list = [{ file_path = "/var/log/sluice/*.log", log_group_name = local.log_group, log_stream_name = "{instance_id}" }]
        }
      }
    }
  })

  files = [
    { path = "/usr/local/bin/sluice-install", permissions = "0755", content = file("${path.module}/files/sluice-install") },
    { path = "/usr/local/bin/sluice-disk", permissions = "0755", content = file("${path.module}/files/sluice-disk") },
    { path = "/usr/local/bin/sluice-machine", permissions = "0755", content = file("${path.module}/files/sluice-machine") },
    { path = "/usr/local/bin/sluice-metrics", permissions = "0755", content = file("${path.module}/files/sluice_metrics.py") },
    { path = "/etc/systemd/system/sluice-machine.service", permissions = "0644", content = file("${path.module}/files/sluice-machine.service") },
    {
      path        = "/etc/systemd/system/sluice-metrics.service"
      permissions = "0644"
      content     = templatefile("${path.module}/files/sluice-metrics.service", { cluster = var.name, kind = var.kind, region = var.region })
    },
    { path = "/etc/systemd/system/sluice-metrics.timer", permissions = "0644", content = file("${path.module}/files/sluice-metrics.timer") },
    { path = "/etc/logrotate.d/sluice", permissions = "0644", content = file("${path.module}/files/logrotate") },
    { path = "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json", permissions = "0644", content = local.agent },
  ]

  packages = ["java-17-amazon-corretto-headless", "amazon-cloudwatch-agent"]

  commands = [
    ["useradd", "--system", "--home-dir", "/var/lib/sluice", "--create-home", "--shell", "/sbin/nologin", "sluice"],
    ["install", "-d", "-o", "sluice", "-g", "sluice", "/var/log/sluice"],
    ["/usr/local/bin/sluice-install", "s3://${var.artifact.bucket}/${var.artifact.key}"],
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "amazon-cloudwatch-agent", "sluice-machine", "sluice-metrics.timer"],
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: how long is a variable, a year by default
  name              = local.log_group
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn

  tags = var.tags
}

resource "aws_iam_role" "this" {
  name = local.full_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = local.full_name
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.base_statements, local.key_statements, var.statements) })
}

resource "aws_iam_instance_profile" "this" {
  name = local.full_name
  role = aws_iam_role.this.name

  tags = var.tags

  # A machine that starts before its role may do anything would fail to install.
  depends_on = [aws_iam_role_policy.this]
}
