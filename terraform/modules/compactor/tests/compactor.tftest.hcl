mock_provider "aws" {
  source = "../../tests/mocks"
}

override_resource {
  target = aws_sqs_queue.dead
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:town-compactor-dead" }
}

override_resource {
  target = aws_sqs_queue.work
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:town-compactor" }
}

variables {
  name                = "town"
  region              = "eu-central-1"
  account_id          = "123456789012"
  partition           = "aws"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/k"
  log_days            = 30
  artifact            = { bucket = "artifacts", key = "sluice-compactor.zip" }
  subnet_ids          = { eu-central-1a = "subnet-a", eu-central-1b = "subnet-b", eu-central-1c = "subnet-c" }
  security_group_id   = "sg-1"
  zookeeper           = "10.80.0.1:2181,10.80.0.2:2181,10.80.0.3:2181"
  warehouse           = "s3://town-lake/warehouse"
  lake_statements     = [{ Sid = "LakeRead", Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::town-lake/warehouse/*"] }]
  memory_mb           = 3008
  timeout_seconds     = 900
  ephemeral_mb        = 1024
  maximum_concurrency = 10
  schedule_minutes    = 1
}

run "a_message_stays_hidden_for_six_time_limits" {
  assert {
    condition     = aws_sqs_queue.work.visibility_timeout_seconds >= 6 * aws_lambda_function.this.timeout + aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds
    error_message = "A message comes again while functions may still be at it."
  }

  assert {
    condition     = aws_sqs_queue.work.visibility_timeout_seconds <= 43200
    error_message = "SQS takes twelve hours at most."
  }
}

run "messages_that_fail_are_kept" {
  assert {
    condition     = jsondecode(aws_sqs_queue.work.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 }
    error_message = "Messages that fail have no queue of their own."
  }

  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds == 1209600 && jsondecode(aws_sqs_queue_redrive_allow_policy.dead.redrive_allow_policy).sourceQueueArns == [aws_sqs_queue.work.arn]
    error_message = "They aren't kept for two weeks, or others' are among them."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One message that fails has the others done again."
  }
}

run "functions_are_bounded" {
  assert {
    condition     = aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 10 && aws_lambda_function.this.reserved_concurrent_executions == 12
    error_message = "The queue may take all functions, also the schedule's."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 5
    error_message = "Each message has a function of its own."
  }
}

run "the_schedule_looks_each_minute_and_never_twice" {
  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.this.target[0].input == "{}"
    error_message = "The schedule's event isn't a look at all tables."
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 0
    error_message = "A look that failed is made again beside the next one."
  }
}

run "ten_minutes_are_written_as_eventbridge_wants_it" {
  variables {
    schedule_minutes = 10
  }

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression == "rate(10 minutes)"
    error_message = "EventBridge refuses the rate."
  }
}

run "the_function_is_told_of_the_cluster" {
  assert {
    condition = aws_lambda_function.this.environment[0].variables == tomap({
      SLUICE_ZOOKEEPER    = "10.80.0.1:2181,10.80.0.2:2181,10.80.0.3:2181"
      SLUICE_LEDGERS      = "zk+hierarchical://10.80.0.1:2181;10.80.0.2:2181;10.80.0.3:2181/ledgers"
      SLUICE_WAREHOUSE    = "s3://town-lake/warehouse"
      SLUICE_CATALOG_TYPE = "glue"
      SLUICE_CLUSTER      = "town"
      SLUICE_MEMORY_MIB   = "501"
      JAVA_TOOL_OPTIONS   = "--add-opens=java.base/java.nio=ALL-UNNAMED -XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=1 -Dio.netty.jfr.enabled=false"
    })
    error_message = "The function's environment is another one."
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-a", "subnet-b", "subnet-c"])
    error_message = "The function isn't in all zones of the VPC."
  }
}

run "with_tls_the_function_is_told_of_secrets_and_never_their_values" {
  variables {
    tls = {
      identity   = "town/cluster/identity"
      ca         = "town/cluster/ca"
      peer_name  = "town.sluice.internal"
      statements = [{ Sid = "ClusterSecrets", Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:s"] }]
    }
  }

  assert {
    condition = { for name, value in aws_lambda_function.this.environment[0].variables : name => value if strcontains(name, "_TLS_") } == {
      SLUICE_BOOKKEEPER_TLS_CERTIFICATE        = "secretsmanager:town/cluster/identity"
      SLUICE_BOOKKEEPER_TLS_KEY                = "secretsmanager:town/cluster/identity"
      SLUICE_BOOKKEEPER_TLS_CA                 = "secretsmanager:town/cluster/ca"
      SLUICE_BOOKKEEPER_TLS_PEER_NAME          = "town.sluice.internal"
      SLUICE_ZOOKEEPER_TLS_CERTIFICATE_AND_KEY = "secretsmanager:town/cluster/identity"
      SLUICE_ZOOKEEPER_TLS_CA                  = "secretsmanager:town/cluster/ca"
      SLUICE_ZOOKEEPER_TLS_ACL                 = "true"
    }
    error_message = "The function's environment is another one."
  }

  assert {
    condition     = strcontains(output.policy, "ClusterSecrets")
    error_message = "The function can't read the secrets."
  }
}

run "all_is_encrypted" {
  assert {
    condition     = alltrue([for key in [aws_sqs_queue.work.kms_master_key_id, aws_sqs_queue.dead.kms_master_key_id, aws_cloudwatch_log_group.this.kms_key_id, aws_lambda_function.this.kms_key_arn, aws_scheduler_schedule.this.kms_key_arn] : key == var.kms_key_arn])
    error_message = "Something isn't encrypted by the deployment's key."
  }
}

run "the_function_can_read_the_queue_s_messages" {
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource if statement.Sid == "MessagesDecrypt"]) == [aws_sqs_queue.work.kms_master_key_id]
    error_message = "The queue's messages can't be decrypted."
  }
}

run "roles_may_do_nothing_to_what_they_do_not_name" {
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement :
      !contains(statement.Resource, "*") || contains(["Interfaces", "NotFromWithin"], statement.Sid)
    ])
    error_message = "A statement is for all resources, though those that it needs have names."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Effect if statement.Sid == "NotFromWithin"
    ]) == "Deny"
    error_message = "What runs in the function may change the network."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.schedule.policy).Statement : !contains(statement.Resource, "*")])
    error_message = "The schedule may invoke others' functions."
  }
}

run "less_than_one_core_is_refused" {
  command = plan

  variables {
    memory_mb = 1024
  }

  expect_failures = [var.memory_mb]
}
