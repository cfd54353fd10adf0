variable "name" {
  description = "Name of the cluster; all resources carry it."
  type        = string
}

variable "region" {
  description = "Region, as in eu-central-1."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the topic of alarms."
  type        = string
}

variable "account_id" {
  description = "Id of the account, twelve digits."
  type        = string
}

variable "alarm_emails" {
  description = "Addresses that get the alarms; each has to confirm once."
  type        = set(string)

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alarm_emails must be addresses."
  }
}

variable "bookies" {
  description = "Names of the bookies."
  type        = set(string)
}

variable "zookeepers" {
  description = "Names of ZooKeeper's servers."
  type        = set(string)
}

variable "function_name" {
  description = "Name of the compactor's function."
  type        = string
}

variable "queue_name" {
  description = "Name of the compactor's queue."
  type        = string
}

variable "dead_queue_name" {
  description = "Name of the compactor's queue of dead letters."
  type        = string
}

variable "balancer_suffix" {
  description = "The load balancer in CloudWatch's metrics."
  type        = string
}

variable "target_group_suffix" {
  description = "The target group in CloudWatch's metrics."
  type        = string
}

variable "gateways" {
  description = "How many gateways there should be."
  type        = number
}

variable "lake_lag_seconds" {
  description = "Age of the oldest row that isn't in the lake, in seconds, above which there is an alarm; at least 60."
  type        = number

  validation {
    condition     = var.lake_lag_seconds >= 60
    error_message = "lake_lag_seconds must be at least 60: a segment is that old before it is sealed."
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
