output "machines" {
  description = "Ids of the machines, by name. A bookie's id in Sluice is NAME-ID."
  value       = { for name, machine in aws_instance.this : name => machine.id }
}

output "log_group" {
  description = "Name of the log group."
  value       = module.machine.log_group
}

output "policy" {
  description = "The machines' policy, as JSON."
  value       = module.machine.policy
}
