mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "town"
  region      = "eu-central-1"
  account_id  = "123456789012"
  partition   = "aws"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k"
  kind        = "gateway"
  log_days    = 30
  artifact    = { bucket = "artifacts", key = "sluice/1/sluice.tar.gz" }
}

run "the_role_may_do_nothing_to_what_it_does_not_name" {
  assert {
    condition = alltrue([
      for statement in jsondecode(output.policy).Statement :
      !contains(statement.Resource, "*") || contains(["Metrics", "Sessions"], statement.Sid)
    ])
    error_message = "A statement is for all resources, though those that it needs have names."
  }

  assert {
    condition     = alltrue(flatten([for statement in jsondecode(output.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]]))
    error_message = "A statement allows actions by a wildcard."
  }

  assert {
    condition = one([
      for statement in jsondecode(output.policy).Statement : statement.Condition.StringEquals["cloudwatch:namespace"] if statement.Sid == "Metrics"
    ]) == "Sluice"
    error_message = "Metrics of other namespaces may be written."
  }

  assert {
    condition     = one([for statement in jsondecode(output.policy).Statement : statement.Resource if statement.Sid == "Artifact"]) == ["arn:aws:s3:::artifacts/sluice/1/sluice.tar.gz"]
    error_message = "More than the artifact can be read."
  }
}

run "an_artifact_of_another_key_can_be_decrypted" {
  variables {
    artifact = { bucket = "artifacts", key = "sluice.tar.gz", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/other" }
  }

  assert {
    condition     = one([for statement in jsondecode(output.policy).Statement : statement.Resource if statement.Sid == "ArtifactKey"]) == ["arn:aws:kms:eu-central-1:123456789012:key/other"]
    error_message = "The artifact can't be decrypted."
  }
}

run "what_is_installed_is_what_was_uploaded" {
  assert {
    condition     = contains([for command in output.commands : join(" ", command)], "/usr/local/bin/sluice-install s3://artifacts/sluice/1/sluice.tar.gz")
    error_message = "Another artifact is installed."
  }

  assert {
    condition     = strcontains(one([for file in output.files : file.content if file.path == "/etc/systemd/system/sluice-metrics.service"]), "--cluster town --kind gateway --host $${SLUICE_HOST} ")
    error_message = "The metrics are another cluster's, or another kind of machine's."
  }
}

run "logs_are_encrypted" {
  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && output.log_group == "/sluice/town/gateway"
    error_message = "The logs aren't encrypted by the deployment's key."
  }
}
