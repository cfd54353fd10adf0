output "instance_profile" {
  description = "Name of the instance profile."
  value       = aws_iam_instance_profile.this.name
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policy" {
  description = "The role's policy, as JSON."
  value       = aws_iam_role_policy.this.policy
}

output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "files" {
  description = "Files for cloud-init: path, permissions, content."
  value       = local.files
}

output "packages" {
  description = "Packages for cloud-init."
  value       = local.packages
}

output "commands" {
  description = "Commands for cloud-init, to be run before the machine's own."
  value       = local.commands
}
