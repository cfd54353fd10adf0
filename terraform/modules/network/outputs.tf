output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Ids of the private subnets, by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "route_table_id" {
  description = "Id of the subnets' route table, for routes to peers."
  value       = aws_route_table.private.id
}

output "security_group_ids" {
  description = "Ids of the security groups, by who is in them: clients, balancer, gateways, bookies, zookeeper, compactor, endpoints."
  value       = { for name, group in aws_security_group.this : name => group.id }

  # Who gets a group can talk at once.
  depends_on = [
    aws_vpc_security_group_ingress_rule.inside,
    aws_vpc_security_group_egress_rule.inside,
    aws_vpc_security_group_egress_rule.s3,
    aws_vpc_endpoint.interface,
    aws_route_table_association.private,
  ]
}
