# Who may reach whom. Bookies and ZooKeeper trust their network without TLS, and have no users with it, so that only what is listed here reaches them.

locals {
  groups = {
    clients   = "Clients of the gateways in this VPC, as Flink"
    balancer  = "The network load balancer before the gateways"
    gateways  = "Gateways"
    bookies   = "Bookies"
    zookeeper = "ZooKeeper"
    compactor = "The compactor's function"
    endpoints = "Endpoints of AWS's APIs"
  }

  gateway_port   = 9470
  bookie_port    = 3181
  zookeeper_port = var.cluster_tls ? 2281 : 2181

  flows = {
    clients-balancer    = { from = "clients", to = "balancer", port = local.gateway_port }
    clients-gateways    = { from = "clients", to = "gateways", port = local.gateway_port }
    balancer-gateways   = { from = "balancer", to = "gateways", port = local.gateway_port }
    gateways-gateways   = { from = "gateways", to = "gateways", port = local.gateway_port }
    gateways-bookies    = { from = "gateways", to = "bookies", port = local.bookie_port }
    bookies-bookies     = { from = "bookies", to = "bookies", port = local.bookie_port }
    compactor-bookies   = { from = "compactor", to = "bookies", port = local.bookie_port }
    gateways-zookeeper  = { from = "gateways", to = "zookeeper", port = local.zookeeper_port }
    bookies-zookeeper   = { from = "bookies", to = "zookeeper", port = local.zookeeper_port }
    compactor-zookeeper = { from = "compactor", to = "zookeeper", port = local.zookeeper_port }
    zookeeper-zookeeper = { from = "zookeeper", to = "zookeeper", port = local.zookeeper_port }
    zookeeper-followers = { from = "zookeeper", to = "zookeeper", port = 2888 }
    zookeeper-elections = { from = "zookeeper", to = "zookeeper", port = 3888 }
    clients-endpoints   = { from = "clients", to = "endpoints", port = 443 }
    gateways-endpoints  = { from = "gateways", to = "endpoints", port = 443 }
    bookies-endpoints   = { from = "bookies", to = "endpoints", port = 443 }
    zookeeper-endpoints = { from = "zookeeper", to = "endpoints", port = 443 }
    compactor-endpoints = { from = "compactor", to = "endpoints", port = 443 }
  }

  # Through the gateway endpoint.
  to_s3 = toset(["clients", "gateways", "bookies", "zookeeper", "compactor"])

  outside = {
    for pair in setproduct(["balancer", "gateways"], var.client_cidrs) : "${pair[0]}-${pair[1]}" => { to = pair[0], cidr = pair[1] }
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5: they are attached by the other modules, and that of clients by the user
  for_each = local.groups

  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_vpc_security_group_ingress_rule" "inside" {
  for_each = local.flows

  description                  = "From ${each.value.from}"
  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port

  tags = merge(var.tags, { Name = each.key })
}

resource "aws_vpc_security_group_egress_rule" "inside" {
  for_each = local.flows

  description                  = "To ${each.value.to}"
  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port

  tags = merge(var.tags, { Name = each.key })
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  for_each = local.to_s3

  description       = "To S3"
  security_group_id = aws_security_group.this[each.key].id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = merge(var.tags, { Name = "${each.key}-s3" })
}

# Clients go to the balancer first, and then to each bucket's owner itself.
resource "aws_vpc_security_group_ingress_rule" "outside" {
  for_each = local.outside

  description       = "From clients outside the VPC"
  security_group_id = aws_security_group.this[each.value.to].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = local.gateway_port
  to_port           = local.gateway_port

  tags = merge(var.tags, { Name = each.key })
}
