variable "name" {
  description = "Name of the cluster; all resources carry it."
  type        = string
}

variable "kind" {
  description = "Whose secrets they are: gateway, bookie or zookeeper, or cluster for those of all parts. They are called NAME/KIND/..."
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

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the secrets."
  type        = string
}

variable "secrets" {
  description = "The secrets: what each one is, by its name, which is that of its file too."
  type        = map(string)

  validation {
    condition     = length(var.secrets) > 0 && alltrue([for name in keys(var.secrets) : can(regex("^[a-z]+$", name))])
    error_message = "secrets must be one or more, with names of small letters."
  }
}

variable "readers" {
  description = "Whose roles, NAME-READER, may read sealed secrets; null for that of the kind itself."
  type        = set(string)
  default     = null
}

variable "folder" {
  description = "Folder of the files on the machines, in memory. Each has the name of its secret."
  type        = string
  default     = "/run/sluice/secrets"
}

variable "sealed" {
  description = "Names of the secrets that nobody but the readers' roles may read, whatever others' policies allow."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.sealed, keys(var.secrets))) == 0
    error_message = "sealed must be names of secrets."
  }
}

variable "commands" {
  description = "Commands that are run each time after the secrets were brought."
  type        = list(string)
  default     = []
}

variable "protected" {
  description = "Whether a secret that is destroyed can be restored for 30 days; until then none of the same name can be made."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
