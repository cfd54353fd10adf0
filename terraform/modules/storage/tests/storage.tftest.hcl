mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name       = "town"
  region     = "eu-central-1"
  account_id = "123456789012"
  partition  = "aws"
  bucket     = "town-lake"
}

run "the_bucket_is_closed_and_encrypted" {
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.lake.block_public_acls, aws_s3_bucket_public_access_block.lake.block_public_policy,
      aws_s3_bucket_public_access_block.lake.ignore_public_acls, aws_s3_bucket_public_access_block.lake.restrict_public_buckets
    ])
    error_message = "The bucket can be made public."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.lake.rule : rule.bucket_key_enabled && alltrue([
        for default in rule.apply_server_side_encryption_by_default : default.sse_algorithm == "aws:kms" && default.kms_master_key_id == aws_kms_key.this.arn
      ])
    ])
    error_message = "The bucket isn't encrypted by the deployment's key."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_ownership_controls.lake.rule : rule.object_ownership == "BucketOwnerEnforced"])
    error_message = "Objects may belong to others."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_s3_bucket_policy.lake.policy).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" && contains(statement.Resource, "arn:aws:s3:::town-lake/*")
    ])
    error_message = "The bucket can be read without TLS."
  }
}

run "nothing_but_unfinished_uploads_expires" {
  assert {
    condition = length(aws_s3_bucket_lifecycle_configuration.lake.rule) == 1 && alltrue([
      for rule in aws_s3_bucket_lifecycle_configuration.lake.rule : alltrue([
        length(rule.expiration) == 0, length(rule.noncurrent_version_expiration) == 0, length(rule.transition) == 0, length(rule.abort_incomplete_multipart_upload) == 1
      ])
    ])
    error_message = "A lifecycle rule does more than to remove what uploads have left behind: files of tables would be lost."
  }
}

run "the_bucket_is_kept_unless_said_otherwise" {
  assert {
    condition     = !aws_s3_bucket.lake.force_destroy
    error_message = "Destroying the deployment deletes the rows."
  }
}

run "the_key_turns_and_is_for_this_account_only" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "The key isn't rotated."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Principal.AWS, "") != "*" || try(statement.Condition.StringEquals["kms:CallerAccount"] == "123456789012" && endswith(statement.Condition.ArnEquals["aws:PrincipalArn"], "/AWSServiceRoleForAutoScaling"), false)
    ])
    error_message = "The key is for others than this account's roles."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement : try(statement.Principal.Service, null) == null || length(try(statement.Condition, {})) > 0
    ])
    error_message = "A service of AWS may use the key for other accounts."
  }
}

run "a_name_with_dots_is_refused" {
  command = plan

  variables {
    bucket = "town.lake"
  }

  expect_failures = [var.bucket]
}
