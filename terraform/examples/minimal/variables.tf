variable "region" {
  description = "Region, with three availability zones or more."
  type        = string
  default     = "eu-central-1"
}

variable "artifacts_bucket" {
  description = "Your bucket with sluice.tar.gz and sluice-compactor.zip."
  type        = string
}
