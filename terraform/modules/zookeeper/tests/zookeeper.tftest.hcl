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
  zones             = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  instance_type     = "t3.small"
  volume_gib        = 20
}

run "each_server_is_in_a_zone_of_its_own" {
  assert {
    condition     = { for name, volume in aws_ebs_volume.data : name => volume.availability_zone } == { zookeeper-1 = "eu-central-1a", zookeeper-2 = "eu-central-1b", zookeeper-3 = "eu-central-1c" }
    error_message = "Two servers' data are in one zone."
  }

  assert {
    condition     = { for name, interface in aws_network_interface.this : name => interface.subnet_id } == { zookeeper-1 = "subnet-a", zookeeper-2 = "subnet-b", zookeeper-3 = "subnet-c" }
    error_message = "A server isn't where its data are."
  }
}

run "address_and_data_outlive_the_machine" {
  assert {
    condition     = alltrue([for name, machine in aws_instance.this : machine.primary_network_interface[0].network_interface_id == aws_network_interface.this[name].id])
    error_message = "A server's address goes with its machine."
  }

  assert {
    condition     = alltrue([for name, attachment in aws_volume_attachment.data : attachment.volume_id == aws_ebs_volume.data[name].id]) && alltrue([for volume in aws_ebs_volume.data : volume.final_snapshot])
    error_message = "A server's data go with its machine."
  }
}

run "no_server_can_be_ended_unless_it_is_named" {
  assert {
    condition     = alltrue([for machine in aws_instance.this : machine.disable_api_termination && machine.disable_api_stop])
    error_message = "A server can be ended."
  }
}

run "one_server_at_a_time_can_be_replaced" {
  variables {
    unprotected_machine = "zookeeper-2"
  }

  assert {
    condition     = [for name, machine in aws_instance.this : name if !machine.disable_api_termination || !machine.disable_api_stop] == ["zookeeper-2"]
    error_message = "Others than the named server can be ended."
  }
}

run "all_is_encrypted" {
  assert {
    condition     = alltrue([for volume in aws_ebs_volume.data : volume.encrypted && volume.kms_key_id == var.kms_key_arn])
    error_message = "Data aren't encrypted by the deployment's key."
  }

  assert {
    condition     = alltrue([for machine in aws_instance.this : machine.root_block_device[0].encrypted && machine.root_block_device[0].kms_key_id == var.kms_key_arn && machine.metadata_options[0].http_tokens == "required"])
    error_message = "A machine's disk isn't encrypted, or its role can be had without a token."
  }
}

run "each_server_knows_itself_and_the_others" {
  assert {
    condition = alltrue([
      for name in keys(aws_instance.this) : alltrue([
        for line in ["server.1=10.80.0.10:2888:3888", "server.2=10.80.0.10:2888:3888", "server.3=10.80.0.10:2888:3888", "dataDir=/var/lib/zookeeper/data", "maxClientCnxns=0"] :
        contains(split("\n", one([for file in local.cloud_config[name].write_files : file.content if file.path == "/etc/sluice/zoo.cfg"])), line)
      ])
    ])
    error_message = "A server's file lacks one of the others."
  }

  assert {
    condition     = alltrue([for name, id in { zookeeper-1 = 1, zookeeper-2 = 2, zookeeper-3 = 3 } : contains([for command in local.cloud_config[name].runcmd : join(" ", command)], "sh -c echo ${id} >/var/lib/zookeeper/data/myid")])
    error_message = "A server has another one's id."
  }

  assert {
    condition     = output.connect == "10.80.0.10:2181,10.80.0.10:2181,10.80.0.10:2181"
    error_message = "Clients aren't told of all three."
  }
}

run "with_tls_there_is_no_other_way_in" {
  variables {
    tls = {
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
    condition = alltrue([
      for line in ["secureClientPort=2281", "sslQuorum=true", "ssl.keyStore.location=/run/sluice/cluster/identity", "ssl.quorum.trustStore.location=/run/sluice/cluster/ca"] :
      contains(split("\n", one([for file in local.cloud_config["zookeeper-1"].write_files : file.content if file.path == "/etc/sluice/zoo.cfg"])), line)
    ]) && !strcontains(one([for file in local.cloud_config["zookeeper-1"].write_files : file.content if file.path == "/etc/sluice/zoo.cfg"]), "clientPort=2181")
    error_message = "A server takes clear text."
  }

  assert {
    condition     = output.connect == "10.80.0.10:2281,10.80.0.10:2281,10.80.0.10:2281"
    error_message = "Clients are told of another port."
  }

  assert {
    condition     = contains(output.certificate_names, "IP:10.80.0.10") && contains(output.certificate_names, "DNS:ip-10-80-0-10.eu-central-1.compute.internal")
    error_message = "Servers don't know each other."
  }

  assert {
    condition = strcontains(
      one([for file in local.cloud_config["zookeeper-1"].write_files : file.content if file.path == "/etc/systemd/system/sluice-zookeeper.service"]),
      "\nExecStartPre=+/usr/local/bin/sluice-secrets /run/sluice/cluster sluice ca=town/cluster/ca\nExecStart=/usr/bin/java "
    )
    error_message = "A server starts before its certificate is there."
  }
}

run "what_cloud_init_gets_is_small_enough" {
  assert {
    condition     = alltrue([for machine in aws_instance.this : length(machine.user_data_base64) * 3 / 4 < 16384])
    error_message = "EC2 takes 16 KiB of user data."
  }
}

run "two_zones_are_refused" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1b"]
  }

  expect_failures = [var.zones]
}
