# The lake's databases in Glue, and what may be done with the lake: as statements for the roles of others.

locals {
  bucket_arn = "arn:${var.partition}:s3:::${var.bucket}"
  glue       = "arn:${var.partition}:glue:${var.region}:${var.account_id}"
  databases  = sort(var.databases)

  glue_arns = concat(
    ["${local.glue}:catalog"],
    [for name in local.databases : "${local.glue}:database/${name}"],
    [for name in local.databases : "${local.glue}:table/${name}/*"],
  )

  read = [
    {
      Sid       = "LakeList"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = [local.bucket_arn]
      Condition = { StringLike = { "s3:prefix" = ["warehouse", "warehouse/*"] } }
    },
    {
      Sid      = "LakeRead"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["${local.bucket_arn}/warehouse/*"]
    },
    {
      Sid      = "LakeDecrypt"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = [var.kms_key_arn]
    },
    {
      Sid      = "GlueRead"
      Effect   = "Allow"
      Action   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"]
      Resource = local.glue_arns
    },
  ]

  write = [
    {
      Sid      = "LakeWrite"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]
      Resource = ["${local.bucket_arn}/warehouse/*"]
    },
    {
      Sid      = "LakeEncrypt"
      Effect   = "Allow"
      Action   = ["kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
    },
    {
      # No role may delete a database. Who creates one in Sluice has Glue asked to make it, which must be allowed for the answer that it is there already.
      Sid      = "GlueWrite"
      Effect   = "Allow"
      Action   = ["glue:CreateDatabase", "glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
      Resource = local.glue_arns
    },
  ]
}

resource "aws_glue_catalog_database" "this" {
  for_each = var.databases

  name         = each.key
  description  = "Tables of Sluice"
  location_uri = "s3://${var.bucket}/warehouse/${each.key}"

  tags = var.tags
}
