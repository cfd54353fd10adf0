output "endpoint" {
  description = "Where clients connect: host:port."
  value       = "${aws_lb.this.dns_name}:${local.port}"
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
