mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  region      = "eu-central-1"
  account_id  = "123456789012"
  partition   = "aws"
  bucket      = "town-lake"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k"
  databases   = ["events", "reference"]
}

run "databases_are_made_below_the_warehouse" {
  assert {
    condition     = { for name, database in aws_glue_catalog_database.this : name => database.location_uri } == { events = "s3://town-lake/warehouse/events", reference = "s3://town-lake/warehouse/reference" }
    error_message = "Glue's databases aren't those that were asked for, or are elsewhere."
  }
}

run "the_lake_s_statements_name_what_they_are_for" {
  assert {
    condition = alltrue(flatten([
      for statement in output.read_write_statements : [
        for arn in statement.Resource : contains([
          "arn:aws:s3:::town-lake", "arn:aws:s3:::town-lake/warehouse/*", "arn:aws:kms:eu-central-1:123456789012:key/k",
          "arn:aws:glue:eu-central-1:123456789012:catalog",
          "arn:aws:glue:eu-central-1:123456789012:database/events", "arn:aws:glue:eu-central-1:123456789012:table/events/*",
          "arn:aws:glue:eu-central-1:123456789012:database/reference", "arn:aws:glue:eu-central-1:123456789012:table/reference/*"
        ], arn)
      ]
    ]))
    error_message = "A statement is for something that isn't this lake's."
  }

  assert {
    condition     = alltrue(flatten([for statement in output.read_write_statements : [for action in statement.Action : !strcontains(action, "*")]]))
    error_message = "A statement allows actions by a wildcard."
  }

  assert {
    condition     = !contains(flatten(output.read_write_statements[*].Action), "glue:DeleteDatabase")
    error_message = "A role may delete databases, which belong to this configuration."
  }
}

run "readers_change_nothing" {
  assert {
    condition     = alltrue([for action in flatten(output.read_statements[*].Action) : can(regex("^(s3:(Get|List)|glue:Get|kms:Decrypt)", action))])
    error_message = "A reader's policy allows to change something."
  }
}

run "capitals_are_refused" {
  command = plan

  variables {
    databases = ["Events"]
  }

  expect_failures = [var.databases]
}
