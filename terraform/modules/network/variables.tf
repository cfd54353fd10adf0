variable "name" {
  description = "Name of the cluster; all resources carry it."
  type        = string
}

variable "region" {
  description = "Region, as in eu-central-1."
  type        = string
}

variable "cidr" {
  description = "IPv4 range of the VPC, /16 to /20, from the private ranges."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20, false)
    error_message = "cidr must be an IPv4 range from /16 to /20, for example 10.80.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)", var.cidr))
    error_message = "cidr must be a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
  }
}

variable "zones" {
  description = "Availability zones, three to six, one subnet in each. Add zones at the end only: a subnet's range follows from its place."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 3 && length(var.zones) <= 6 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must be three to six different availability zones: three copies of each row are kept in three zones."
  }
}

variable "client_cidrs" {
  description = "IPv4 ranges of clients outside the VPC that may reach the gateways, as over a peering; private ranges only."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for cidr in var.client_cidrs : can(cidrnetmask(cidr)) && (
        can(regex("^10\\.[0-9.]+/([89]|[12][0-9]|3[0-2])$", cidr)) ||
        can(regex("^172\\.(1[6-9]|2[0-9]|3[01])\\.[0-9.]+/(1[2-9]|2[0-9]|3[0-2])$", cidr)) ||
        can(regex("^192\\.168\\.[0-9.]+/(1[6-9]|2[0-9]|3[0-2])$", cidr)) ||
        can(regex("^100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.[0-9.]+/(1[0-9]|2[0-9]|3[0-2])$", cidr))
      )
    ])
    error_message = "client_cidrs must be private ranges (10/8, 172.16/12, 192.168/16, 100.64/10): nothing of the deployment is public."
  }
}

variable "endpoint_zones" {
  description = "In how many zones the interface endpoints are, 1 to the number of zones. In one they cost least, and machines in the others can't reach AWS's APIs while that zone is away; S3 is reached from all zones in any case."
  type        = number

  validation {
    condition     = var.endpoint_zones >= 1 && var.endpoint_zones <= length(var.zones) && floor(var.endpoint_zones) == var.endpoint_zones
    error_message = "endpoint_zones must be a whole number from 1 to the number of zones."
  }
}

variable "bucket_arns" {
  description = "ARNs of the buckets that the VPC's machines may reach through the S3 endpoint."
  type        = list(string)
}

variable "flow_log_days" {
  description = "How many days the VPC's flow logs are kept; one of CloudWatch's values."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the flow logs."
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

variable "cluster_tls" {
  description = "Whether ZooKeeper speaks TLS, on a port of its own and on no other."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
