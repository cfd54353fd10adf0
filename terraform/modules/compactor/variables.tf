variable "name" {
  description = "Name of the cluster; all resources carry it."
  type        = string
}

variable "region" {
  description = "Region, as in eu-central-1."
  type        = string
}

variable "account_id" {
  description = "Id of the account, twelve digits."
  type        = string
}

variable "partition" {
  description = "Partition of AWS, as aws."
  type        = string
}

variable "artifact" {
  description = "Where the function's zip is: bucket and key."
  type = object({
    bucket = string
    key    = string
  })
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts queues, logs and the function's environment."
  type        = string
}

variable "log_days" {
  description = "How many days logs are kept; one of CloudWatch's values."
  type        = number
}

variable "subnet_ids" {
  description = "Ids of the private subnets, by zone."
  type        = map(string)
}

variable "security_group_id" {
  description = "Id of the security group of the function."
  type        = string
}

variable "zookeeper" {
  description = "ZooKeeper's servers, as host:port,host:port,host:port."
  type        = string
}

variable "warehouse" {
  description = "URI of the warehouse, as s3://bucket/warehouse."
  type        = string
}

variable "lake_statements" {
  description = "Statements of an IAM policy that let the function read and write the lake."
  type        = any
}

variable "memory_mb" {
  description = "The function's memory, 1,769 to 10,240 MB: with less it has less than one core."
  type        = number

  validation {
    condition     = var.memory_mb >= 1769 && var.memory_mb <= 10240
    error_message = "memory_mb must be 1769 to 10240: with less the function has less than one core."
  }
}

variable "timeout_seconds" {
  description = "The function's time limit, 120 to 900 seconds."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 120 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 120 to 900: half a minute of work needs as much for its commit."
  }
}

variable "ephemeral_mb" {
  description = "Size of the function's /tmp, 512 to 10,240 MB."
  type        = number

  validation {
    condition     = var.ephemeral_mb >= 512 && var.ephemeral_mb <= 10240
    error_message = "ephemeral_mb must be 512 to 10240."
  }
}

variable "maximum_concurrency" {
  description = "How many functions the queue may have at work at once, 2 to 1,000."
  type        = number

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000
    error_message = "maximum_concurrency must be 2 to 1000, as SQS's mapping wants it."
  }
}

variable "batch_size" {
  description = "How many messages a function gets at once, 1 to 10,000; those of one table are one piece of work."
  type        = number
  default     = 10

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000
    error_message = "batch_size must be 1 to 10000."
  }
}

variable "batching_window_seconds" {
  description = "How long the queue gathers messages for a function, 1 to 300 seconds."
  type        = number
  default     = 5

  validation {
    condition     = var.batching_window_seconds >= 1 && var.batching_window_seconds <= 300
    error_message = "batching_window_seconds must be 1 to 300."
  }
}

variable "schedule_minutes" {
  description = "Minutes between two looks at all tables, 1 to 60."
  type        = number

  validation {
    condition     = var.schedule_minutes >= 1 && var.schedule_minutes <= 60 && floor(var.schedule_minutes) == var.schedule_minutes
    error_message = "schedule_minutes must be a whole number from 1 to 60."
  }
}

variable "tls" {
  description = "How bookies and ZooKeeper are reached by TLS: ids of the secrets of certificate with key, and of its CA; the name that bookies' certificates have; and the statements that let the function read them. Null for clear text."
  type = object({
    identity   = string
    ca         = string
    peer_name  = string
    statements = any
  })
  default = null
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
