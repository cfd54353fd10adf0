output "kms_key_arn" {
  description = "ARN of the key that encrypts everything."
  value       = aws_kms_key.this.arn
}

output "bucket" {
  description = "Name of the lake's bucket."
  value       = aws_s3_bucket.lake.id
}

output "bucket_arn" {
  description = "ARN of the lake's bucket."
  value       = "arn:${var.partition}:s3:::${var.bucket}"
}

output "warehouse" {
  description = "URI of the warehouse, for gateways, compactors and engines."
  value       = "s3://${var.bucket}/warehouse"
}
