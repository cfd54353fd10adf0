output "connect" {
  description = "The servers, as host:port,host:port,host:port. It never changes."
  value       = local.connect

  # Who gets it can connect.
  depends_on = [aws_instance.this, aws_volume_attachment.data]
}

output "certificate_names" {
  description = "Names that the servers' certificate must have for subjectAltName, as IP:... and DNS:..."
  value       = local.certificate_names
}

output "machines" {
  description = "Ids of the machines, by name."
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
