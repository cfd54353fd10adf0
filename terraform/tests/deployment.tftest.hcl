mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = module.cluster_secrets[0].aws_secretsmanager_secret.this
  values = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:town/cluster" }
}

override_resource {
  target = module.gateways.module.secrets[0].aws_secretsmanager_secret.this
  values = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:town/gateway" }
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

run "each_role_reads_its_own_secrets_alone" {
  assert {
    condition     = strcontains(module.gateways.policy, "secret:town/gateway")
    error_message = "Gateways can't read their secrets."
  }

  assert {
    condition     = alltrue([for policy in [module.gateways.policy, module.bookies.policy, module.zookeeper.policy, module.compactor.policy] : strcontains(policy, "secret:town/cluster")])
    error_message = "A part can't read the cluster's certificate."
  }

  assert {
    condition     = !strcontains(join(" ", [module.bookies.policy, module.zookeeper.policy, module.compactor.policy]), "secret:town/gateway")
    error_message = "Another role than the gateways' may read their secrets."
  }

  assert {
    condition = alltrue([
      for policy in [module.gateways.policy, module.bookies.policy, module.zookeeper.policy, module.compactor.policy] :
      length(jsondecode(policy).Statement[*].Sid) == length(distinct(jsondecode(policy).Statement[*].Sid))
    ])
    error_message = "IAM refuses a policy with two statements of one name."
  }
}

run "the_cluster_s_parts_talk_by_tls" {
  assert {
    condition     = output.zookeeper == "10.80.0.10:2281,10.80.0.10:2281,10.80.0.10:2281"
    error_message = "ZooKeeper is reached at another port than the secure one."
  }

  assert {
    condition     = output.cluster_certificate_names == "DNS:town.sluice.internal,IP:10.80.0.10,DNS:ip-10-80-0-10.eu-central-1.compute.internal"
    error_message = "The certificate lacks a name by which parts know each other."
  }

  assert {
    condition     = output.cluster_secrets == tomap({ identity = "town/cluster/identity", ca = "town/cluster/ca" })
    error_message = "The secrets have other names."
  }

  assert {
    condition     = toset(module.cluster_secrets[0].readers) == toset([for kind in ["bookie", "compactor", "gateway", "zookeeper"] : "arn:aws:iam::123456789012:role/town-${kind}"])
    error_message = "A part may not read the key, or somebody else may."
  }
}

run "an_open_cluster_has_no_certificate_unless_it_is_asked_for" {
  variables {
    insecure = true
  }

  assert {
    condition     = length(output.cluster_secrets) == 0 && output.cluster_certificate_names == "" && strcontains(output.zookeeper, ":2181")
    error_message = "A trial wants a certificate."
  }
}

run "gateways_may_be_open_in_a_cluster_with_tls" {
  variables {
    insecure    = true
    cluster_tls = true
  }

  assert {
    condition     = length(output.secrets) == 0 && length(output.cluster_secrets) == 2 && strcontains(module.gateways.policy, "secretsmanager:")
    error_message = "Gateways can't read the cluster's certificate."
  }
}

run "a_deployment_in_clear_text_stays_as_it_is" {
  variables {
    cluster_tls = false
  }

  assert {
    condition     = length(output.cluster_secrets) == 0 && strcontains(output.zookeeper, ":2181") && length(output.secrets) == 4
    error_message = "TLS comes without being asked for."
  }

  assert {
    condition     = !strcontains(join(" ", [module.bookies.policy, module.zookeeper.policy, module.compactor.policy]), "secretsmanager:")
    error_message = "A role may read secrets that there are none of."
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
