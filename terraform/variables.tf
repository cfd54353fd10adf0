variable "name" {
  description = "Name of the cluster; all resources carry it. Never changed."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 20 small letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "zones" {
  description = "Availability zones of the provider's region, three to six. ZooKeeper is in the first three. Add zones at the end only."
  type        = list(string)
}

variable "artifacts" {
  description = "Where the distribution (sluice, a .tar.gz) and the compactor's function (compactor, a .zip) are: keys in a bucket of yours, and the ARN of the KMS key that encrypts it, if it is a key of yours. Other keys than before upgrade the function, then the gateways; gateway, another key of a distribution, holds these back until bookies are upgraded."
  type = object({
    bucket      = string
    sluice      = string
    compactor   = string
    gateway     = optional(string)
    kms_key_arn = optional(string)
  })

  validation {
    condition     = endswith(var.artifacts.compactor, ".zip") && alltrue([for key in compact([var.artifacts.sluice, var.artifacts.gateway]) : can(regex("^[A-Za-z0-9/_.-]+\\.tar\\.gz$", key))])
    error_message = "artifacts.sluice and artifacts.gateway must be keys of a .tar.gz, of letters, digits and /_.-, and artifacts.compactor that of a .zip."
  }
}

variable "lake_bucket" {
  description = "Name of the lake's bucket, to be made; no one else in the world may have it. Null for NAME-lake-ACCOUNT-REGION."
  type        = string
  default     = null
}

variable "databases" {
  description = "Names of the databases, in Sluice as in Glue: small letters, digits and underscores. Only these can be created in Sluice."
  type        = set(string)
  default     = ["sluice"]
}

variable "cidr" {
  description = "IPv4 range of the VPC, a private one from /16 to /20."
  type        = string
  default     = "10.80.0.0/16"
}

variable "client_cidrs" {
  description = "Private IPv4 ranges of clients outside the VPC that may reach the gateways, as over a peering. They must be able to resolve the machines' names."
  type        = list(string)
  default     = []
}

variable "hostname" {
  description = "Host name of yours that leads to the load balancer (output balancer_host) by a CNAME; null for the balancer's own. The gateways' certificate must have it."
  type        = string
  default     = null
}

variable "insecure" {
  description = "Whether gateways speak clear text and let everyone in who reaches them. It excludes client_cidrs."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.insecure || length(var.client_cidrs) == 0
    error_message = "insecure gateways are for clients in the deployment's own VPC: leave client_cidrs empty, or insecure false."
  }
}

variable "cluster_tls" {
  description = "Whether bookies and ZooKeeper speak TLS, and nothing else, and let those alone in who have the cluster's certificate. Null for true unless insecure is. A deployment that was made without it needs false here for good: docs/aws.md, Upgrading."
  type        = bool
  default     = null
}

variable "client_bucket_arns" {
  description = "ARNs of buckets beside the lake's that clients in the VPC use, as for Flink's checkpoints."
  type        = list(string)
  default     = []
}

variable "endpoint_zones" {
  description = "In how many zones the endpoints of AWS's APIs are; null for all. In one they cost least, and gateways and functions elsewhere can't reach Glue while that zone is away."
  type        = number
  default     = null
}

variable "ami_id" {
  description = "Id of an image of Amazon Linux 2023, x86_64; null for the newest one, which gateways change to as it comes out."
  type        = string
  default     = null
}

variable "log_days" {
  description = "How many days logs are kept, one of CloudWatch's values."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "log_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 and some longer ones."
  }
}

variable "zookeeper" {
  description = "ZooKeeper's servers: instance_type (of servers that are made from now on), volume_gib (10 to 1,000), java_opts."
  type = object({
    instance_type = optional(string, "m7i.large")
    volume_gib    = optional(number, 20)
    java_opts     = optional(string, "-Xms2g -Xmx2g")
  })
  default = {}
}

variable "bookies" {
  description = "The bookies: zone by name, in three zones or more, as many in each. Null for one in each of the first three, called bookie-1 to bookie-3."
  type        = map(string)
  default     = null
}

variable "bookie" {
  description = "What bookies are: instance_type (of those that are made from now on, with one or two instance-store NVMe devices), java_opts, and settings as docs/configuration.md lists them, beside or in place of bookie.write-cache-bytes = 2GiB, bookie.read-cache-bytes = 1GiB, bookie.index-cache-bytes = 512MiB, bookie.entry-log-bytes = 1GiB and bookie.disk-usage-percent = 95."
  type = object({
    instance_type = optional(string, "i3en.2xlarge")
    java_opts     = optional(string, "-Xms4g -Xmx4g -XX:MaxDirectMemorySize=8g")
    settings      = optional(map(string), {})
  })
  default = {}
}

variable "gateway" {
  description = "The gateways: capacity (how many run, 2 to 100), instance_type, java_opts, and settings as docs/configuration.md lists them, beside or in place of gateway.memory-bytes = 4GiB. A change replaces them one by one."
  type = object({
    capacity      = optional(number, 3)
    instance_type = optional(string, "m7i.xlarge")
    java_opts     = optional(string, "-Xms4g -Xmx4g -XX:MaxDirectMemorySize=6g")
    settings      = optional(map(string), {})
  })
  default = {}
}

variable "compactor" {
  description = "The compactor's function: memory_mb (1,769 to 10,240), timeout_seconds (120 to 900), ephemeral_mb (512 to 10,240), maximum_concurrency (2 to 1,000) for the queue, schedule_minutes (1 to 60) between two looks at all tables."
  type = object({
    memory_mb           = optional(number, 3008)
    timeout_seconds     = optional(number, 900)
    ephemeral_mb        = optional(number, 2048)
    maximum_concurrency = optional(number, 10)
    schedule_minutes    = optional(number, 1)
  })
  default = {}
}

variable "alarm_emails" {
  description = "Addresses that get the alarms; each has to confirm once."
  type        = set(string)
  default     = []
}

variable "lake_lag_seconds" {
  description = "Age of the oldest row that isn't in the lake, in seconds, above which there is an alarm."
  type        = number
  default     = 1800
}

variable "unprotected_machine" {
  description = "Name of the one bookie, or server of ZooKeeper (zookeeper-1 to zookeeper-3), that may be stopped and ended, as it is being replaced. EC2 refuses to end any other."
  type        = string
  default     = null
}

variable "protected" {
  description = "Whether machines and the load balancer are protected. False, applied once, before the deployment is destroyed."
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "Whether destroying the deployment deletes the lake's bucket with all rows in it."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}
