output "read_statements" {
  description = "Statements of an IAM policy that lets engines read the lake."
  value       = local.read
}

output "read_write_statements" {
  description = "Statements of an IAM policy for gateways and compactors."
  value       = concat(local.read, local.write)
}

output "databases" {
  description = "Names of the databases."
  value       = [for name in local.databases : aws_glue_catalog_database.this[name].name]
}
