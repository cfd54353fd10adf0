variable "name" {
  description = "Name of the cluster; all resources carry it."
  type        = string
}

variable "kind" {
  description = "What kind of machine it is: gateway, bookie or zookeeper."
  type        = string

  validation {
    condition     = contains(["gateway", "bookie", "zookeeper"], var.kind)
    error_message = "kind must be gateway, bookie or zookeeper."
  }
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

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the logs."
  type        = string
}

variable "log_days" {
  description = "How many days logs are kept; one of CloudWatch's values."
  type        = number
}

variable "statements" {
  description = "Statements of an IAM policy, for what only this kind of machine may do."
  type        = any
  default     = []
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
