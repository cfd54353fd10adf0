mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                       = "town"
  region                     = "eu-central-1"
  account_id                 = "123456789012"
  partition                  = "aws"
  kms_key_arn                = "arn:aws:kms:eu-central-1:123456789012:key/k"
  ami_id                     = "ami-0123456789abcdef0"
  log_days                   = 30
  artifact                   = { bucket = "artifacts", key = "sluice.tar.gz" }
  subnet_ids                 = { eu-central-1a = "subnet-a", eu-central-1b = "subnet-b", eu-central-1c = "subnet-c" }
  security_group_id          = "sg-1"
  java_opts                  = "-Xmx1g"
  vpc_id                     = "vpc-1"
  balancer_security_group_id = "sg-2"
  zookeeper                  = "10.80.0.1:2181,10.80.0.2:2181,10.80.0.3:2181"
  warehouse                  = "s3://town-lake/warehouse"
  lake_statements            = [{ Sid = "LakeRead", Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::town-lake/warehouse/*"] }]
  instance_type              = "m7i.large"
  capacity                   = 3
  settings                   = { "gateway.memory-bytes" = "2GiB" }
  queue                      = { url = "https://sqs.eu-central-1.amazonaws.com/123456789012/town-compactor", arn = "arn:aws:sqs:eu-central-1:123456789012:town-compactor" }
  dead_queue                 = { url = "https://sqs.eu-central-1.amazonaws.com/123456789012/town-compactor-dead", arn = "arn:aws:sqs:eu-central-1:123456789012:town-compactor-dead" }
}

run "only_the_network_itself_reaches_the_balancer" {
  assert {
    condition     = aws_lb.this.internal && aws_lb.this.load_balancer_type == "network" && aws_lb.this.security_groups == toset(["sg-2"])
    error_message = "The balancer is reached from outside."
  }

  assert {
    condition     = aws_lb.this.enable_deletion_protection && aws_lb.this.enable_cross_zone_load_balancing
    error_message = "The balancer can be deleted, or zones don't help each other."
  }
}

run "gateways_are_in_all_zones_and_checked_by_readyz" {
  assert {
    condition     = aws_autoscaling_group.this.vpc_zone_identifier == toset(["subnet-a", "subnet-b", "subnet-c"])
    error_message = "A zone has no gateways."
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/readyz" && aws_lb_target_group.this.health_check[0].protocol == "HTTPS" && aws_lb_listener.this.protocol == "TCP" && aws_lb_target_group.this.port == 9470
    error_message = "The balancer doesn't ask what the gateways answer."
  }

  assert {
    condition     = aws_autoscaling_group.this.health_check_type == "EC2"
    error_message = "All gateways are replaced when ZooKeeper is away."
  }
}

run "buckets_are_handed_over_before_a_gateway_ends" {
  assert {
    condition = alltrue([
      for hook in aws_autoscaling_group.this.initial_lifecycle_hook :
      hook.name == "hand-over" && hook.lifecycle_transition == "autoscaling:EC2_INSTANCE_TERMINATING" && hook.heartbeat_timeout == 300
    ]) && length(aws_autoscaling_group.this.initial_lifecycle_hook) == 1
    error_message = "A gateway is ended without a word."
  }

  assert {
    condition     = strcontains(one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-handover.service"]), "ExecStart=/usr/local/bin/sluice-handover town-gateway hand-over\n")
    error_message = "The machine waits for another group's end."
  }

  assert {
    condition     = strcontains(one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]), "TimeoutStopSec=285\n")
    error_message = "The gateway may take longer than Auto Scaling waits."
  }
}

run "one_gateway_at_a_time_is_replaced_and_a_new_one_comes_first" {
  assert {
    condition = alltrue([
      for refresh in aws_autoscaling_group.this.instance_refresh : refresh.strategy == "Rolling" && refresh.preferences[0].min_healthy_percentage == 100 && floor(3 * (refresh.preferences[0].max_healthy_percentage - 100) / 100) == 1
    ])
    error_message = "Several gateways are replaced at once, or old ones end first."
  }

  assert {
    condition     = aws_autoscaling_group.this.instance_maintenance_policy[0].min_healthy_percentage == 100
    error_message = "Old gateways end first."
  }
}

run "the_role_may_do_nothing_to_what_it_does_not_name" {
  assert {
    condition = alltrue([
      for statement in jsondecode(module.machine.policy).Statement :
      !contains(statement.Resource, "*") || contains(["Metrics", "Sessions"], statement.Sid)
    ])
    error_message = "A statement is for all resources, though those that it needs have names."
  }

  assert {
    condition     = one([for statement in jsondecode(module.machine.policy).Statement : statement.Resource if statement.Sid == "HandOver"]) == ["arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:*:autoScalingGroupName/town-gateway"]
    error_message = "A gateway may end others' machines."
  }
}

run "disks_are_encrypted_and_roles_need_a_token" {
  assert {
    condition     = aws_launch_template.this.block_device_mappings[0].ebs[0].encrypted == "true" && aws_launch_template.this.block_device_mappings[0].ebs[0].kms_key_id == var.kms_key_arn
    error_message = "A machine's disk isn't encrypted by the deployment's key."
  }

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required"
    error_message = "A machine's role can be had without a token."
  }
}

run "gateways_are_told_of_the_cluster" {
  assert {
    condition = strcontains(
      one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]),
      "sluice gateway --config /etc/sluice/gateway.properties --zookeeper 10.80.0.1:2181,10.80.0.2:2181,10.80.0.3:2181 --warehouse s3://town-lake/warehouse --catalog type=glue --replication 3/3/2 --host $${SLUICE_HOST} --port 9470 --advertised-host $${SLUICE_NAME}\n"
    )
    error_message = "A gateway is started with other options."
  }

  assert {
    condition     = one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/sluice/gateway.properties"]) == "announce.dead-queue-url = https://sqs.eu-central-1.amazonaws.com/123456789012/town-compactor-dead\nannounce.queue-url = https://sqs.eu-central-1.amazonaws.com/123456789012/town-compactor\ngateway.auth.tokens = /run/sluice/secrets/known-tokens\ngateway.memory-bytes = 2GiB\ngateway.tls.ca = /run/sluice/secrets/ca\ngateway.tls.certificate = /run/sluice/secrets/certificate\ngateway.tls.key = /run/sluice/secrets/key\nplacement.min-racks = 3\n"
    error_message = "The settings don't reach the gateway."
  }

  assert {
    condition = {
      for statement in jsondecode(module.machine.policy).Statement : statement.Sid => [statement.Action, statement.Resource] if contains(["Announce", "CountDeadMessages"], statement.Sid)
      } == {
      Announce          = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:town-compactor"]]
      CountDeadMessages = [["sqs:GetQueueAttributes"], ["arn:aws:sqs:eu-central-1:123456789012:town-compactor-dead"]]
    }
    error_message = "A gateway can't tell the compactor of new rows, or may do more with its queues."
  }

  assert {
    condition     = output.endpoint == "mock-0123456789abcdef.elb.eu-central-1.amazonaws.com:9470"
    error_message = "Clients are told another place."
  }
}

run "certificates_and_tokens_come_before_the_gateway_starts_and_while_it_runs" {
  assert {
    condition = strcontains(
      one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]),
      "ExecStartPre=+/usr/local/bin/sluice-secrets /run/sluice/secrets sluice ca=town/gateway/ca certificate=town/gateway/certificate key=town/gateway/key tokens=town/gateway/tokens\nExecStartPre=+/usr/local/bin/sluice-tokens /run/sluice/secrets sluice /run/sluice/metrics-token\nExecStart=/opt"
    )
    error_message = "A gateway starts without its certificate or tokens."
  }

  assert {
    condition     = contains(local.cloud_config.runcmd, ["systemctl", "enable", "--now", "sluice-secrets.timer", "sluice-gateway", "sluice-handover"])
    error_message = "New certificates and tokens never come."
  }

  assert {
    condition     = one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/sluice/metrics.env"]) == "SLUICE_FOLDERS=/\nSLUICE_TLS_CA=/run/sluice/secrets/ca\nSLUICE_TOKEN_FILE=/run/sluice/metrics-token\n"
    error_message = "The machine can't read its gateway's metrics."
  }

  assert {
    condition     = output.secrets == tomap({ ca = "town/gateway/ca", certificate = "town/gateway/certificate", key = "town/gateway/key", tokens = "town/gateway/tokens" })
    error_message = "The user isn't told where to put the values."
  }

  assert {
    condition     = output.certificate_names == "DNS:mock-0123456789abcdef.elb.eu-central-1.amazonaws.com,DNS:*.eu-central-1.compute.internal"
    error_message = "The certificate is for other names than those that gateways are called by."
  }
}

run "the_endpoint_may_have_a_name_of_the_user_s" {
  variables {
    hostname = "sluice.example.com"
    region   = "us-east-1"
  }

  assert {
    condition     = output.endpoint == "sluice.example.com:9470" && output.certificate_names == "DNS:sluice.example.com,DNS:*.ec2.internal"
    error_message = "Clients are told another name."
  }
}

run "an_open_gateway_is_one_that_was_asked_for" {
  variables {
    insecure = true
  }

  assert {
    condition = strcontains(
      one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]),
      "--host $${SLUICE_HOST} --port 9470 --insecure\n"
      ) && !strcontains(
      one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]), "ExecStartPre"
    )
    error_message = "An insecure gateway waits for secrets that there aren't."
  }

  assert {
    condition     = length(module.secrets) == 0 && length(output.secrets) == 0 && aws_lb_target_group.this.health_check[0].protocol == "HTTP"
    error_message = "An insecure gateway has secrets, or is asked for TLS that it doesn't speak."
  }

  assert {
    condition     = length([for statement in jsondecode(module.machine.policy).Statement : statement.Sid if startswith(statement.Sid, "Secret")]) == 0
    error_message = "An insecure gateway may read secrets."
  }
}

run "settings_can_t_take_the_tokens_away" {
  command = plan

  variables {
    settings = { "gateway.auth.tokens" = "" }
  }

  expect_failures = [var.settings]
}

run "what_cloud_init_gets_is_small_enough" {
  assert {
    condition     = length(aws_launch_template.this.user_data) * 3 / 4 < 16384
    error_message = "EC2 takes 16 KiB of user data."
  }
}

run "settings_can_t_ask_the_load_balancer_for_a_certificate" {
  command = plan

  variables {
    settings = { "gateway.tls.client-ca" = "/etc/sluice/clients.crt" }
  }

  expect_failures = [var.settings]
}

run "a_gateway_alone_is_refused" {
  command = plan

  variables {
    capacity = 1
  }

  expect_failures = [var.capacity]
}

run "a_setting_of_two_lines_is_refused" {
  command = plan

  variables {
    settings = { "gateway.memory-bytes" = "1GiB\ngateway.host = 0.0.0.0" }
  }

  expect_failures = [var.settings]
}

run "what_brings_the_gateways_secrets_brings_the_cluster_s" {
  variables {
    cluster_tls = {
      identity       = "/run/sluice/cluster/identity"
      ca             = "/run/sluice/cluster/ca"
      settings       = { "zookeeper.tls.ca" = "/run/sluice/cluster/ca" }
      files          = [{ path = "/usr/local/bin/sluice-secrets", permissions = "0755", content = "x" }]
      start_commands = ["/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca"]
      unit           = "sluice-secrets.timer"
      statements     = [{ Sid = "ClusterSecrets", Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:s"] }]
    }
  }

  assert {
    condition     = strcontains(one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-secrets.service"]), "\nExecStart=/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca\n")
    error_message = "A new certificate doesn't reach gateways."
  }

  assert {
    condition     = strcontains(one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/systemd/system/sluice-gateway.service"]), "\nExecStartPre=+/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca\nExecStart=")
    error_message = "A gateway starts before the cluster's certificate is there."
  }

  assert {
    condition     = strcontains(one([for file in local.cloud_config.write_files : file.content if file.path == "/etc/sluice/gateway.properties"]), "zookeeper.tls.ca = /run/sluice/cluster/ca\n") && strcontains(output.policy, "ClusterSecrets")
    error_message = "Gateways aren't told of the cluster's TLS."
  }

  assert {
    condition     = length(distinct([for file in local.cloud_config.write_files : file.path])) == length(local.cloud_config.write_files)
    error_message = "A file is written twice."
  }
}
