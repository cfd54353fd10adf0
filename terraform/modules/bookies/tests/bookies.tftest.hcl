mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name              = "town"
  region            = "eu-central-1"
  account_id        = "123456789012"
  partition         = "aws"
  kms_key_arn       = "arn:aws:kms:eu-central-1:123456789012:key/k"
  ami_id            = "ami-0123456789abcdef0"
  log_days          = 30
  artifact          = { bucket = "artifacts", key = "sluice.tar.gz" }
  subnet_ids        = { eu-central-1a = "subnet-a", eu-central-1b = "subnet-b", eu-central-1c = "subnet-c" }
  security_group_id = "sg-1"
  java_opts         = "-Xmx1g"
  zookeeper         = "10.80.0.1:2181,10.80.0.2:2181,10.80.0.3:2181"
  instance_type     = "i3en.2xlarge"
  settings          = { "bookie.disk-usage-percent" = "95" }
  bookies           = { a1 = "eu-central-1a", b1 = "eu-central-1b", c1 = "eu-central-1c" }
}

run "each_bookie_is_in_its_zone" {
  assert {
    condition     = { for name, machine in aws_instance.this : name => machine.availability_zone } == { a1 = "eu-central-1a", b1 = "eu-central-1b", c1 = "eu-central-1c" }
    error_message = "A bookie isn't in its zone."
  }

  assert {
    condition     = { for name, machine in aws_instance.this : name => machine.subnet_id } == { a1 = "subnet-a", b1 = "subnet-b", c1 = "subnet-c" }
    error_message = "A bookie isn't in its zone's subnet."
  }
}

run "no_bookie_can_be_ended_unless_it_is_named" {
  assert {
    condition     = alltrue([for machine in aws_instance.this : machine.disable_api_termination && machine.disable_api_stop && machine.maintenance_options[0].auto_recovery == "disabled"])
    error_message = "A bookie can be ended, or moved to empty disks."
  }
}

run "one_bookie_at_a_time_can_be_replaced" {
  variables {
    bookies             = { a1 = "eu-central-1a", a2 = "eu-central-1a", b1 = "eu-central-1b", c1 = "eu-central-1c" }
    unprotected_machine = "a1"
  }

  assert {
    condition     = [for name, machine in aws_instance.this : name if !machine.disable_api_termination || !machine.disable_api_stop] == ["a1"]
    error_message = "Others than the named bookie can be ended."
  }
}

run "a_zone_may_have_several_bookies_and_each_says_which_one_it_is_in" {
  variables {
    bookies = { a1 = "eu-central-1a", a2 = "eu-central-1a", b1 = "eu-central-1b", c1 = "eu-central-1c" }
  }

  assert {
    condition = alltrue([
      for name, zone in var.bookies :
      strcontains(one([for file in local.cloud_config[name].write_files : file.content if file.path == "/etc/systemd/system/sluice-bookie.service"]), " --rack ${zone} ")
      && aws_instance.this[name].availability_zone == zone
    ])
    error_message = "A bookie says that it is in another zone than its machine."
  }

  assert {
    condition = strcontains(
      one([for file in local.cloud_config["a2"].write_files : file.content if file.path == "/etc/systemd/system/sluice-autorecovery.service"]),
      "--set placement.min-racks=3\n"
    )
    error_message = "Autorecovery may put two copies into one zone."
  }
}

run "two_zones_are_refused" {
  command = plan

  variables {
    bookies = { a1 = "eu-central-1a", b1 = "eu-central-1b" }
  }

  expect_failures = [var.bookies]
}

run "a_zone_without_a_subnet_is_refused" {
  command = plan

  variables {
    bookies = { a1 = "eu-central-1a", b1 = "eu-central-1b", d1 = "eu-central-1d" }
  }

  expect_failures = [var.bookies]
}

run "a_type_without_nvme_is_refused" {
  command = plan

  variables {
    instance_type = "m7i.2xlarge"
  }

  expect_failures = [var.instance_type]
}

run "a_bookie_s_id_is_its_name_and_its_machine_s" {
  assert {
    condition = strcontains(
      one([for file in local.cloud_config["b1"].write_files : file.content if file.path == "/etc/systemd/system/sluice-bookie.service"]),
      " --journal /srv/sluice/journal/bookie --ledgers /srv/sluice/ledgers/bookie --host $${SLUICE_HOST} --port 3181 --id b1-$${SLUICE_INSTANCE} "
    )
    error_message = "A bookie could get another one's id, or its own on empty disks."
  }

  assert {
    condition     = one([for file in local.cloud_config["b1"].write_files : file.content if file.path == "/etc/sluice/bookie.properties"]) == "autorecovery.metrics.port = 9472\nbookie.disk-usage-percent = 95\nbookie.metrics.port = 9471\n"
    error_message = "The settings don't reach the bookie."
  }
}

run "with_tls_certificates_come_before_anything_starts" {
  variables {
    tls = {
      identity       = "/run/sluice/cluster/identity"
      ca             = "/run/sluice/cluster/ca"
      settings       = { "bookie.tls.certificate" = "/run/sluice/cluster/identity" }
      files          = [{ path = "/usr/local/bin/sluice-secrets", permissions = "0755", content = "x" }]
      start_commands = ["/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca"]
      unit           = "sluice-secrets.timer"
      statements     = [{ Sid = "ClusterSecrets", Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:s"] }]
    }
  }

  assert {
    condition     = one([for file in local.cloud_config["b1"].write_files : file.content if file.path == "/etc/sluice/bookie.properties"]) == "autorecovery.metrics.port = 9472\nbookie.disk-usage-percent = 95\nbookie.metrics.port = 9471\nbookie.tls.certificate = /run/sluice/cluster/identity\n"
    error_message = "The bookie isn't told of its certificate."
  }

  assert {
    condition = alltrue([
      for service in ["bookie", "autorecovery"] : strcontains(
        one([for file in local.cloud_config["b1"].write_files : file.content if file.path == "/etc/systemd/system/sluice-${service}.service"]),
        "\nExecStartPre=+/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca\nExecStart=/opt/sluice/bin/sluice ${service} --config /etc/sluice/bookie.properties "
      )
    ])
    error_message = "A service starts before its certificate is there."
  }

  assert {
    condition     = !strcontains(one([for file in local.cloud_config["b1"].write_files : file.content if file.path == "/etc/systemd/system/sluice-bookie.service"]), "--insecure")
    error_message = "A bookie would start without TLS."
  }

  assert {
    condition     = contains(local.cloud_config["b1"].runcmd, ["systemctl", "enable", "--now", "sluice-secrets.timer", "sluice-bookie", "sluice-autorecovery"]) && strcontains(output.policy, "ClusterSecrets")
    error_message = "New values don't come, or can't be read."
  }
}

run "certificates_among_the_settings_are_refused" {
  command = plan

  variables {
    settings = { "bookkeeper.tls.ca" = "/etc/ca" }
  }

  expect_failures = [var.settings]
}

run "disks_are_encrypted_and_roles_need_a_token" {
  assert {
    condition     = alltrue([for machine in aws_instance.this : machine.root_block_device[0].encrypted && machine.root_block_device[0].kms_key_id == var.kms_key_arn && machine.metadata_options[0].http_tokens == "required"])
    error_message = "A machine's disk isn't encrypted, or its role can be had without a token."
  }
}

run "what_cloud_init_gets_is_small_enough" {
  assert {
    condition     = alltrue([for machine in aws_instance.this : length(machine.user_data_base64) * 3 / 4 < 16384])
    error_message = "EC2 takes 16 KiB of user data."
  }
}
