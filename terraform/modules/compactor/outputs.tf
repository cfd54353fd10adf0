output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "queue_url" {
  description = "URL of the queue whose messages name tables to be compacted."
  value       = aws_sqs_queue.work.url
}

output "queue_arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.work.arn
}

output "dead_queue_arn" {
  description = "ARN of the queue of messages that failed five times."
  value       = aws_sqs_queue.dead.arn
}

output "queue_name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.work.name
}

output "dead_queue_name" {
  description = "Name of the queue of messages that failed five times."
  value       = aws_sqs_queue.dead.name
}

output "dead_queue_url" {
  description = "URL of the queue of messages that failed five times."
  value       = aws_sqs_queue.dead.url
}

output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "policy" {
  description = "The function's policy, as JSON."
  value       = aws_iam_role_policy.this.policy
}
