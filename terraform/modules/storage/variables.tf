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

variable "bucket" {
  description = "Name of the lake's bucket, to be made."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be 3 to 63 small letters, digits and hyphens (no dots, which break TLS's names)."
  }
}

variable "force_destroy" {
  description = "Whether destroying the deployment deletes the bucket with all rows in it."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
