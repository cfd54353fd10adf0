variable "databases" {
  description = "Names of the databases, in Sluice as in Glue: small letters, digits and underscores. Only these can be created in Sluice."
  type        = set(string)

  validation {
    condition     = length(var.databases) > 0 && alltrue([for name in var.databases : can(regex("^[a-z][a-z0-9_]{0,127}$", name))])
    error_message = "databases must be one or more names of small letters, digits and underscores that begin with a letter: Glue knows no capitals."
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

variable "bucket" {
  description = "Name of the lake's bucket."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the bucket."
  type        = string
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
