mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name      = "town"
  zones     = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  artifacts = { bucket = "artifacts", sluice = "1/sluice.tar.gz", compactor = "1/sluice-compactor.zip" }
}

run "clients_are_told_where_to_connect" {
  assert {
    condition     = output.endpoint == "mock-0123456789abcdef.elb.eu-central-1.amazonaws.com:9470"
    error_message = "The endpoint isn't the balancer."
  }

  assert {
    condition     = output.flink_catalog == "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='grpc+tls://mock-0123456789abcdef.elb.eu-central-1.amazonaws.com:9470', 'token-file'='/run/secrets/sluice', 'tls.ca'='/etc/sluice/ca.crt');"
    error_message = "Flink is told another place."
  }

  assert {
    condition     = output.warehouse == "s3://town-lake-123456789012-eu-central-1/warehouse"
    error_message = "The bucket's name may be another account's."
  }
}

run "there_is_a_machine_of_each_kind_in_each_zone" {
  assert {
    condition     = toset(keys(output.machines)) == toset(["bookie-1", "bookie-2", "bookie-3", "zookeeper-1", "zookeeper-2", "zookeeper-3"])
    error_message = "A machine is missing."
  }

  assert {
    condition     = toset(keys(output.subnet_ids)) == toset(var.zones)
    error_message = "A zone has no subnet."
  }
}

run "gateways_are_held_back_while_bookies_are_upgraded" {
  variables {
    artifacts = { bucket = "artifacts", sluice = "2/sluice.tar.gz", gateway = "1/sluice.tar.gz", compactor = "1/sluice-compactor.zip" }
  }

  assert {
    condition     = strcontains(module.bookies.policy, "arn:aws:s3:::artifacts/2/sluice.tar.gz") && !strcontains(module.bookies.policy, "/1/sluice.tar.gz")
    error_message = "Bookies can't read the new version."
  }

  assert {
    condition     = strcontains(module.gateways.policy, "arn:aws:s3:::artifacts/1/sluice.tar.gz") && !strcontains(module.gateways.policy, "/2/sluice.tar.gz")
    error_message = "Gateways get the new version before bookies have it."
  }
}

run "engines_may_only_read" {
  assert {
    condition     = alltrue([for action in flatten(jsondecode(output.lake_read_policy).Statement[*].Action) : can(regex("^(s3:(Get|List)|glue:Get|kms:Decrypt)", action))])
    error_message = "The policy for engines allows to change something."
  }
}

run "only_gateways_may_read_the_gateways_secrets" {
  assert {
    condition     = strcontains(module.gateways.policy, "secretsmanager:GetSecretValue")
    error_message = "Gateways can't read their secrets."
  }

  assert {
    condition     = !strcontains(join(" ", [module.bookies.policy, module.zookeeper.policy, module.compactor.policy]), "secretsmanager:")
    error_message = "Another role than the gateways' may read secrets."
  }
}

run "an_open_cluster_is_for_its_own_vpc_alone" {
  command = plan

  variables {
    insecure     = true
    client_cidrs = ["10.1.0.0/16"]
  }

  expect_failures = [var.insecure]
}

run "an_open_cluster_says_so_to_flink" {
  variables {
    insecure = true
  }

  assert {
    condition     = output.flink_catalog == "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='mock-0123456789abcdef.elb.eu-central-1.amazonaws.com:9470');" && length(output.secrets) == 0
    error_message = "Flink is told of TLS that there isn't."
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Town"
  }

  expect_failures = [var.name]
}

run "an_artifact_that_is_none_is_refused" {
  command = plan

  variables {
    artifacts = { bucket = "artifacts", sluice = "sluice.zip", compactor = "sluice-compactor.zip" }
  }

  expect_failures = [var.artifacts]
}
