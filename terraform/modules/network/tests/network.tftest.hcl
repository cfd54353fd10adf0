mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name           = "town"
  region         = "eu-central-1"
  account_id     = "123456789012"
  partition      = "aws"
  kms_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/k"
  cidr           = "10.80.0.0/16"
  zones          = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  endpoint_zones = 3
  bucket_arns    = ["arn:aws:s3:::lake"]
}

run "no_way_in_from_the_internet" {
  variables {
    client_cidrs = ["10.1.0.0/16", "192.168.7.0/24"]
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.private : !subnet.map_public_ip_on_launch])
    error_message = "A machine gets a public address."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.inside : !can(cidrnetmask(rule.cidr_ipv4)) && contains([for group in aws_security_group.this : group.id], rule.referenced_security_group_id)])
    error_message = "A rule inside the VPC admits addresses instead of a group."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.outside : rule.cidr_ipv4]) == toset(["10.1.0.0/16", "192.168.7.0/24"])
    error_message = "Others than the given clients get in."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.outside : rule.security_group_id]) == toset([aws_security_group.this["balancer"].id, aws_security_group.this["gateways"].id])
    error_message = "Clients outside reach something else than balancer and gateways."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.outside : rule.from_port == 9470 && rule.to_port == 9470 && rule.ip_protocol == "tcp"])
    error_message = "Clients outside reach another port than the gateways'."
  }
}

run "nothing_goes_out_to_the_internet" {
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.inside : !can(cidrnetmask(rule.cidr_ipv4)) && contains([for group in aws_security_group.this : group.id], rule.referenced_security_group_id)])
    error_message = "A machine may talk to addresses instead of a group."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.s3 : !can(cidrnetmask(rule.cidr_ipv4)) && rule.prefix_list_id == aws_vpc_endpoint.s3.prefix_list_id && rule.to_port == 443])
    error_message = "The way to S3 leads elsewhere too."
  }

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "The default group lets something through."
  }
}

run "only_sluice_reaches_bookies_and_zookeeper" {
  assert {
    condition = toset([
      for rule in aws_vpc_security_group_ingress_rule.inside : rule.description if rule.security_group_id == aws_security_group.this["bookies"].id
    ]) == toset(["From gateways", "From bookies", "From compactor"])
    error_message = "Others than gateways, bookies and the compactor reach bookies."
  }

  assert {
    condition = toset([
      for rule in aws_vpc_security_group_ingress_rule.inside : rule.description
      if rule.security_group_id == aws_security_group.this["zookeeper"].id && rule.from_port == 2281
    ]) == toset(["From gateways", "From bookies", "From compactor", "From zookeeper"])
    error_message = "Others than gateways, bookies, the compactor and ZooKeeper reach ZooKeeper."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.inside)) == toset(keys(aws_vpc_security_group_egress_rule.inside))
    error_message = "A way in has no way out, or the other way round."
  }
}

run "zookeeper_without_tls_has_its_usual_port" {
  variables {
    cluster_tls = false
  }

  assert {
    condition = toset([
      for rule in aws_vpc_security_group_ingress_rule.inside : rule.from_port if rule.security_group_id == aws_security_group.this["zookeeper"].id
    ]) == toset([2181, 2888, 3888])
    error_message = "ZooKeeper's port is closed, or another one open."
  }
}

run "a_subnet_in_each_zone_and_endpoints_in_as_many_as_asked" {
  variables {
    endpoint_zones = 1
  }

  assert {
    condition     = toset([for subnet in aws_subnet.private : subnet.availability_zone]) == toset(var.zones)
    error_message = "A zone has no subnet."
  }

  assert {
    condition     = length(distinct([for subnet in aws_subnet.private : subnet.cidr_block])) == 3
    error_message = "Two subnets have one range."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) == 1 && endpoint.private_dns_enabled])
    error_message = "An endpoint is in more zones than one, or isn't found by its name."
  }

  assert {
    condition     = length(setsubtract(["sqs", "glue", "logs", "monitoring", "autoscaling", "secretsmanager", "ssm", "ssmmessages"], keys(aws_vpc_endpoint.interface))) == 0
    error_message = "An API that the machines use has no endpoint."
  }
}

run "the_way_to_s3_leads_to_named_buckets" {
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement : alltrue([
        for arn in statement.Resource : contains(["arn:aws:s3:::lake", "arn:aws:s3:::lake/*", "arn:aws:s3:::al2023-repos-eu-central-1-de612dc2/*"], arn)
      ])
    ])
    error_message = "The endpoint lets others' buckets be reached."
  }
}

run "flow_logs_are_encrypted" {
  assert {
    condition     = aws_cloudwatch_log_group.flow.kms_key_id == var.kms_key_arn && aws_flow_log.refused.traffic_type == "REJECT"
    error_message = "The flow logs aren't encrypted by the deployment's key."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.flow.policy).Statement : alltrue([for arn in statement.Resource : arn != "*"])])
    error_message = "The flow log's role may write everywhere."
  }
}

run "public_clients_are_refused" {
  command = plan

  variables {
    client_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.client_cidrs]
}

run "a_private_range_that_is_too_wide_is_refused" {
  command = plan

  variables {
    client_cidrs = ["10.0.0.0/1"]
  }

  expect_failures = [var.client_cidrs]
}

run "two_zones_are_refused" {
  command = plan

  variables {
    zones          = ["eu-central-1a", "eu-central-1b"]
    endpoint_zones = 1
  }

  expect_failures = [var.zones]
}

run "a_public_vpc_is_refused" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}
