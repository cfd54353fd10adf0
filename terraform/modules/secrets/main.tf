# Secrets of one kind of machine, or of several, in Secrets Manager, and what brings them into files there. Their values are put by you, never by
# Terraform, whose state would keep them.

locals {
  readers = [for kind in sort(var.readers == null ? [var.kind] : tolist(var.readers)) : "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-${kind}"]
  arns    = [for name in sort(keys(var.secrets)) : aws_secretsmanager_secret.this[name].arn]
  ids     = { for name in keys(var.secrets) : name => "${var.name}/${var.kind}/${name}" }

  # Files in memory: a machine's disk never has them.
  command = join(" ", concat(["/usr/local/bin/sluice-secrets", var.folder, "sluice"], [for name in sort(keys(local.ids)) : "${name}=${local.ids[name]}"]))

  files = [
    { path = "/usr/local/bin/sluice-secrets", permissions = "0755", content = file("${path.module}/files/sluice-secrets") },
    {
      path        = "/etc/systemd/system/sluice-secrets.service"
      permissions = "0644"
      content     = templatefile("${path.module}/files/sluice-secrets.service", { commands = concat([local.command], var.commands), region = var.region })
    },
    { path = "/etc/systemd/system/sluice-secrets.timer", permissions = "0644", content = file("${path.module}/files/sluice-secrets.timer") },
  ]

  # Administrators put a sealed one as they put others, and nobody but these roles reads it.
  only_readers = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyReaders"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["secretsmanager:GetSecretValue"]
      Resource  = "*"
      Condition = { ArnNotEquals = { "aws:PrincipalArn" = local.readers } }
    }]
  })

  statements = [
    {
      Sid      = "${title(var.kind)}Secrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.arns
    },
    {
      Sid      = "${title(var.kind)}SecretsKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = [var.kms_key_arn]
      Condition = {
        StringEquals = {
          "kms:ViaService"                  = "secretsmanager.${var.region}.amazonaws.com"
          "kms:EncryptionContext:SecretARN" = local.arns
        }
      }
    },
  ]
}

resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57: what signs certificates and who has tokens only the user knows; a new value is used within two minutes
  for_each = var.secrets

  name                    = local.ids[each.key]
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.protected ? 30 : 0
  policy                  = contains(var.sealed, each.key) ? local.only_readers : null

  tags = var.tags
}
