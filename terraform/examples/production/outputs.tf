output "endpoint" {
  description = "Where clients connect: host:port."
  value       = module.sluice.endpoint
}

output "flink_catalog" {
  description = "What makes the cluster a catalog of Flink SQL."
  value       = module.sluice.flink_catalog
}

output "machines" {
  description = "Ids of the bookies' and ZooKeeper's machines, by name."
  value       = module.sluice.machines
}

output "certificate_names" {
  description = "Host names that the gateways' certificate must have, as its subjectAltName."
  value       = module.sluice.certificate_names
}

output "secrets" {
  description = "Ids of the secrets whose values you put: certificate, key, ca, tokens."
  value       = module.sluice.secrets
}

output "cluster_certificate_names" {
  description = "Names that the certificate of the cluster's own parts must have, as its subjectAltName."
  value       = module.sluice.cluster_certificate_names
}

output "cluster_secrets" {
  description = "Ids of the secrets of the cluster's own parts whose values you put: identity, ca."
  value       = module.sluice.cluster_secrets
}

output "balancer_host" {
  description = "Host name of the load balancer, for a CNAME of yours."
  value       = module.sluice.balancer_host
}

output "zookeeper" {
  description = "ZooKeeper's servers, as --zookeeper of Sluice's commands on the machines takes them."
  value       = module.sluice.zookeeper
}

output "lake_read_policy" {
  description = "IAM policy, as JSON, for engines that read the lake's files."
  value       = module.sluice.lake_read_policy
}
