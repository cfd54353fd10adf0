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

variable "zones" {
  description = "The three zones of the three servers, in the order of their ids. Never changed."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "zones must be three different availability zones: two of three servers are a quorum, so one zone may be lost."
  }
}

variable "instance_type" {
  description = "EC2 type of servers that are made from now on."
  type        = string
}

variable "volume_gib" {
  description = "Size of each server's data volume, in GiB, 10 to 1,000."
  type        = number

  validation {
    condition     = var.volume_gib >= 10 && var.volume_gib <= 1000
    error_message = "volume_gib must be 10 to 1000."
  }
}

variable "java_opts" {
  description = "Arguments of the JVM."
  type        = string
}

variable "unprotected_machine" {
  description = "Name of the one machine that may be stopped and ended, or null. All others are protected by EC2 itself."
  type        = string
  default     = null
}

variable "protected" {
  description = "Whether machines are protected at all; false only to destroy the deployment."
  type        = bool
  default     = true
}

variable "tls" {
  description = "How the cluster's parts know each other by TLS: files of certificate with key, and of its CA; settings of ZooKeeper's clients; and what brings the files, as the module secrets has it. Null for clear text."
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
