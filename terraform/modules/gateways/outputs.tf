output "endpoint" {
  description = "Where clients connect: host:port."
  value       = "${local.host}:${local.port}"
}

output "balancer_host" {
  description = "Host name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "certificate_names" {
  description = "Host names that the gateways' certificate must have, as its subjectAltName: that of the endpoint, and the machines' own."
  value       = "DNS:${local.host},DNS:*.${local.machine_domain}"
}

output "secrets" {
  description = "Ids of the secrets in Secrets Manager, by what they are: certificate, key, ca, tokens. Empty if gateways are insecure."
  value       = var.insecure ? {} : module.secrets[0].ids
}

output "group" {
  description = "Name of the Auto Scaling group."
  value       = aws_autoscaling_group.this.name
}

output "balancer_suffix" {
  description = "The balancer in CloudWatch's metrics."
  value       = aws_lb.this.arn_suffix
}

output "target_group_suffix" {
  description = "The target group in CloudWatch's metrics."
  value       = aws_lb_target_group.this.arn_suffix
}

output "log_group" {
  description = "Name of the log group."
  value       = module.machine.log_group
}

output "policy" {
  description = "The machines' policy, as JSON."
  value       = module.machine.policy
}
