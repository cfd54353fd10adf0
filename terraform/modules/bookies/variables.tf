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

variable "zookeeper" {
  description = "ZooKeeper's servers, as host:port,host:port,host:port."
  type        = string
}

variable "bookies" {
  description = "The bookies: zone by name."
  type        = map(string)

  validation {
    condition     = length(distinct(values(var.bookies))) >= 3
    error_message = "bookies must be in three zones at least: each row has three copies, and each zone holds one."
  }

  validation {
    condition     = alltrue([for name in keys(var.bookies) : can(regex("^[a-z][a-z0-9-]{0,30}$", name)) && !startswith(name, "zookeeper-")])
    error_message = "A bookie's name must be up to 31 small letters, digits and hyphens, begin with a letter, and not with zookeeper-."
  }

  validation {
    condition     = alltrue([for zone in values(var.bookies) : contains(keys(var.subnet_ids), zone)])
    error_message = "Each bookie's zone must be one of zones."
  }
}

variable "instance_type" {
  description = "EC2 type of bookies that are made from now on, with one or two instance-store NVMe devices: with two, the journal has one of its own."
  type        = string

  validation {
    condition     = can(regex("^(i4i|i3en|i7ie|i7i|m6id|m6idn|r6id|r6idn|c6id)\\.", var.instance_type))
    error_message = "instance_type must be of a family with instance-store NVMe, x86_64: i4i, i3en, i7i, i7ie, m6id, m6idn, r6id, r6idn or c6id."
  }
}

variable "java_opts" {
  description = "Arguments of the JVM."
  type        = string
}

variable "settings" {
  description = "Settings of a bookie, as docs/configuration.md lists them."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.settings) : !can(regex("^(bookie|bookkeeper|zookeeper)\\.tls\\.", key))])
    error_message = "settings must not name certificates: they come from Secrets Manager."
  }

  validation {
    condition     = alltrue([for key, value in var.settings : can(regex("^[a-z][a-z.-]*[a-z]$", key)) && !strcontains(value, "\n")])
    error_message = "settings must be keys as docs/configuration.md lists them, and values of one line."
  }
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
  description = "How the cluster's parts know each other by TLS: files of certificate with key, and of its CA; settings of bookies and autorecovery; and what brings the files, as the module secrets has it. Null for clear text."
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
