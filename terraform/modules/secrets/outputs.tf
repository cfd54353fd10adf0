output "ids" {
  description = "Ids of the secrets, by name, as --secret-id takes them."
  value       = local.ids
}

output "folder" {
  description = "Folder of the files on the machine; each has the name of its secret."
  value       = var.folder
}

output "start_commands" {
  description = "Commands that bring the files, to be run as root before a service starts."
  value       = concat([local.command], var.commands)
}

output "files" {
  description = "Files for cloud-init: path, permissions, content."
  value       = local.files
}

output "unit" {
  description = "The timer of systemd that brings new values."
  value       = "sluice-secrets.timer"
}

output "statements" {
  description = "Statements of an IAM policy that let a role read the secrets."
  value       = local.statements
}

output "readers" {
  description = "ARNs of the roles that may read sealed secrets."
  value       = local.readers
}
