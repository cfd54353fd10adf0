mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "town"
  kind        = "gateway"
  region      = "eu-central-1"
  account_id  = "123456789012"
  partition   = "aws"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k"
  secrets     = { certificate = "The certificate", key = "Its key" }
  sealed      = ["key"]
  commands    = ["/usr/local/bin/afterwards now"]
}

run "they_are_encrypted_by_the_deployment_s_key_and_can_be_restored" {
  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.kms_key_arn && secret.recovery_window_in_days == 30])
    error_message = "A secret isn't encrypted by the deployment's key, or is gone at once."
  }

  assert {
    condition     = output.ids == { certificate = "town/gateway/certificate", key = "town/gateway/key" }
    error_message = "The secrets have other names."
  }
}

run "the_role_reads_these_and_decrypts_nothing_else" {
  assert {
    condition     = alltrue([for statement in output.statements : alltrue([for arn in statement.Resource : !strcontains(arn, "*")]) && alltrue([for action in statement.Action : !strcontains(action, "*")])])
    error_message = "A statement has a wildcard."
  }

  assert {
    condition     = one([for statement in output.statements : statement.Action if statement.Sid == "GatewaySecrets"]) == ["secretsmanager:GetSecretValue"]
    error_message = "The role may do more than read."
  }

  assert {
    condition = one([for statement in output.statements : statement.Condition if statement.Sid == "GatewaySecretsKey"]) == {
      StringEquals = {
        "kms:ViaService"                  = "secretsmanager.eu-central-1.amazonaws.com"
        "kms:EncryptionContext:SecretARN" = [for secret in aws_secretsmanager_secret.this : secret.arn]
      }
    }
    error_message = "The role may decrypt more than the secrets, or elsewhere."
  }
}

run "a_sealed_one_is_for_the_machines_alone" {
  assert {
    condition     = !can(jsondecode(aws_secretsmanager_secret.this["certificate"].policy))
    error_message = "Other secrets than asked are sealed."
  }

  assert {
    condition = one(jsondecode(aws_secretsmanager_secret.this["key"].policy).Statement) == {
      Sid       = "OnlyReaders", Effect = "Deny", Principal = "*", Action = ["secretsmanager:GetSecretValue"], Resource = "*"
      Condition = { ArnNotEquals = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/town-gateway"] } }
    }
    error_message = "Others read the key, or the machines don't."
  }
}

run "several_kinds_may_share_what_they_read" {
  variables {
    kind    = "cluster"
    readers = ["zookeeper", "bookie"]
    folder  = "/run/sluice/cluster"
  }

  assert {
    condition = one(jsondecode(aws_secretsmanager_secret.this["key"].policy).Statement).Condition == {
      ArnNotEquals = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/town-bookie", "arn:aws:iam::123456789012:role/town-zookeeper"] }
    }
    error_message = "Others read the key, or one of them doesn't."
  }

  assert {
    condition     = output.start_commands[0] == "/usr/local/bin/sluice-secrets /run/sluice/cluster sluice certificate=town/cluster/certificate key=town/cluster/key"
    error_message = "They come into the gateways' own folder."
  }
}

run "new_values_come_each_minute_and_what_follows_is_done" {
  assert {
    condition = strcontains(
      one([for file in output.files : file.content if file.path == "/etc/systemd/system/sluice-secrets.service"]),
      "Environment=AWS_REGION=eu-central-1\nExecStart=/usr/local/bin/sluice-secrets /run/sluice/secrets sluice certificate=town/gateway/certificate key=town/gateway/key\nExecStart=/usr/local/bin/afterwards now\nStandardOutput"
    )
    error_message = "Other values come, or nothing is done with them."
  }

  assert {
    condition     = strcontains(one([for file in output.files : file.content if file.path == "/etc/systemd/system/${output.unit}"]), "OnUnitActiveSec=60\n")
    error_message = "New values come late."
  }
}

run "before_a_deployment_is_destroyed_its_names_become_free" {
  variables {
    protected = false
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.recovery_window_in_days == 0])
    error_message = "A deployment of the same name can't be made for 30 days."
  }
}

run "a_seal_on_nothing_is_refused" {
  command = plan

  variables {
    sealed = ["keys"]
  }

  expect_failures = [var.sealed]
}
