output "endpoint" {
  description = "Where clients connect: host:port, for Arrow Flight, HTTP and Iceberg REST alike."
  value       = module.gateways.endpoint
}

output "flink_catalog" {
  description = "What makes the cluster a catalog of Flink SQL. The files are on Flink's machines: put the token and the CA there, or name others."
  value = (
    var.insecure
    ? "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='${module.gateways.endpoint}');"
    : "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='grpc+tls://${module.gateways.endpoint}', 'token-file'='/run/secrets/sluice', 'tls.ca'='/etc/sluice/ca.crt');"
  )
}

output "certificate_names" {
  description = "Host names that the gateways' certificate must have, as its subjectAltName: that of the endpoint, and the machines' own."
  value       = module.gateways.certificate_names
}

output "secrets" {
  description = "Ids of the secrets in Secrets Manager, by what they are: certificate, key, ca, tokens. Gateways start once each has a value."
  value       = module.gateways.secrets
}

output "cluster_certificate_names" {
  description = "Names that the certificate of the cluster's own parts must have, as its subjectAltName. Empty without cluster_tls."
  value       = local.cluster_tls_enabled ? join(",", distinct(concat(["DNS:${local.cluster_name}"], module.zookeeper.certificate_names))) : ""
}

output "cluster_secrets" {
  description = "Ids of the secrets of the cluster's own parts, by what they are: identity (certificate and key), ca. ZooKeeper, and so all else, starts once both have values. Empty without cluster_tls."
  value       = local.cluster_tls_enabled ? module.cluster_secrets[0].ids : {}
}

output "balancer_host" {
  description = "Host name of the load balancer, for a CNAME of yours."
  value       = module.gateways.balancer_host
}

output "vpc_id" {
  description = "Id of the VPC, for clients in it and for peerings."
  value       = module.network.vpc_id
}

output "subnet_ids" {
  description = "Ids of the private subnets, by zone."
  value       = module.network.subnet_ids
}

output "route_table_id" {
  description = "Id of the subnets' route table, for routes to peers."
  value       = module.network.route_table_id
}

output "client_security_group_id" {
  description = "Id of the security group whose members may reach the gateways."
  value       = module.network.security_group_ids["clients"]
}

output "warehouse" {
  description = "URI of the lake's warehouse."
  value       = module.storage.warehouse
}

output "lake_read_policy" {
  description = "IAM policy, as JSON, for engines that read the lake's files: Flink, Spark, Athena's role."
  value       = jsonencode({ Version = "2012-10-17", Statement = module.lake.read_statements })
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts everything."
  value       = module.storage.kms_key_arn
}

output "zookeeper" {
  description = "ZooKeeper's servers, as --zookeeper of Sluice's commands on the machines takes them."
  value       = module.zookeeper.connect
}

output "machines" {
  description = "Ids of the bookies' and ZooKeeper's machines, by name. A bookie's id in Sluice is NAME-ID."
  value       = merge(module.zookeeper.machines, module.bookies.machines)
}

output "gateway_group" {
  description = "Name of the gateways' Auto Scaling group."
  value       = module.gateways.group
}

output "compactor_queue_url" {
  description = "URL of the queue whose messages, {\"database\": \"d\", \"table\": \"t\"}, name tables to be compacted at once."
  value       = module.compactor.queue_url
}

output "compactor_dead_queue_url" {
  description = "URL of the queue of messages that failed five times."
  value       = module.compactor.dead_queue_url
}

output "alarm_topic_arn" {
  description = "ARN of the topic of alarms."
  value       = module.observability.topic_arn
}

output "dashboard" {
  description = "Name of CloudWatch's dashboard."
  value       = module.observability.dashboard
}
