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
  description = "Where Sluice's distribution is: bucket, key, and the ARN of the KMS key that it is encrypted with, or null."
  type = object({
    bucket      = string
    key         = string
    kms_key_arn = optional(string)
  })
}

variable "ami_id" {
  description = "Id of an image of Amazon Linux 2023, x86_64."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts volumes and logs."
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
  description = "Id of the security group of these machines."
  type        = string
}

variable "balancer_security_group_id" {
  description = "Id of the security group of the load balancer."
  type        = string
}

variable "vpc_id" {
  description = "Id of the VPC."
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
  description = "Statements of an IAM policy that let gateways read and write the lake."
  type        = any
}

variable "queue" {
  description = "The compactor's queue, which gateways tell of tables with new rows: url and arn."
  type = object({
    url = string
    arn = string
  })
}

variable "dead_queue" {
  description = "The queue of messages that failed too often, which gateways count: url and arn."
  type = object({
    url = string
    arn = string
  })
}

variable "instance_type" {
  description = "EC2 type, x86_64."
  type        = string
}

variable "capacity" {
  description = "How many gateways run, 2 to 100."
  type        = number

  validation {
    condition     = var.capacity >= 2 && var.capacity <= 100 && floor(var.capacity) == var.capacity
    error_message = "capacity must be a whole number from 2 to 100: with one gateway, its loss is an outage."
  }
}

variable "handover_seconds" {
  description = "How long a gateway that is to end may take to hand its buckets over, 60 to 3,600 seconds; longer than gateway.stop-patience."
  type        = number
  default     = 300

  validation {
    condition     = var.handover_seconds >= 60 && var.handover_seconds <= 3600
    error_message = "handover_seconds must be 60 to 3600."
  }
}

variable "protected" {
  description = "Whether the load balancer is protected from being deleted."
  type        = bool
  default     = true
}

variable "java_opts" {
  description = "Arguments of the JVM."
  type        = string
}

variable "insecure" {
  description = "Whether gateways speak clear text and let everyone in who reaches them."
  type        = bool
  default     = false
  nullable    = false
}

variable "hostname" {
  description = "Host name of yours that leads to the load balancer; null for the balancer's own."
  type        = string
  default     = null

  validation {
    condition     = var.hostname == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.hostname))
    error_message = "hostname must be a full name in small letters, for example sluice.example.com."
  }
}

variable "settings" {
  description = "Settings of a gateway, as docs/configuration.md lists them."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.settings) : !startswith(key, "gateway.auth.") && !can(regex("^(bookkeeper|zookeeper)\\.tls\\.", key)) && !contains(["gateway.tls.certificate", "gateway.tls.key", "gateway.tls.ca"], key)])
    error_message = "settings must not name certificates or tokens: they come from Secrets Manager."
  }

  validation {
    condition     = !contains(keys(var.settings), "gateway.tls.client-ca")
    error_message = "settings must not have gateway.tls.client-ca: the load balancer's health checks, and what sends metrics, show no certificate, so that no gateway would be ready."
  }

  validation {
    condition     = alltrue([for key, value in var.settings : can(regex("^[a-z][a-z.-]*[a-z]$", key)) && !strcontains(value, "\n")])
    error_message = "settings must be keys as docs/configuration.md lists them, and values of one line."
  }
}

variable "cluster_tls" {
  description = "How the cluster's parts know each other by TLS: files of certificate with key, and of its CA; settings of gateways; and what brings the files, as the module secrets has it. Null for clear text."
  type = object({
    identity       = string
    ca             = string
    settings       = map(string)
    files          = list(object({ path = string, permissions = string, content = string }))
    start_commands = list(string)
    unit           = string
    statements     = any
  })
  default = null
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
