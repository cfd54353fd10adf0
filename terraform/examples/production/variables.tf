variable "region" {
  description = "Region."
  type        = string
  default     = "eu-central-1"
}

variable "zones" {
  description = "Availability zones, three to six."
  type        = list(string)
  default     = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

variable "artifacts_bucket" {
  description = "Your bucket with the artifacts."
  type        = string
}

variable "sluice_version" {
  description = "Version of the artifacts, the folder that they are in."
  type        = string
}

variable "ami_id" {
  description = "Id of an image of Amazon Linux 2023: pinned, so that gateways are replaced when you say so."
  type        = string
}

variable "alarm_emails" {
  description = "Addresses that get the alarms."
  type        = set(string)
}

variable "client_cidrs" {
  description = "Ranges of the peered VPC's clients."
  type        = list(string)
  default     = []
}

variable "unprotected_machine" {
  description = "Name of the bookie, or server of ZooKeeper, that is being replaced."
  type        = string
  default     = null
}
