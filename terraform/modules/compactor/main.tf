# The compactor as a function: woken by a queue's messages, and by a schedule that finds all for which there was none.

locals {
  full_name    = "${var.name}-compactor"
  function_arn = "arn:${var.partition}:lambda:${var.region}:${var.account_id}:function:${local.full_name}"
  log_group    = "/aws/lambda/${local.full_name}"

  # The function fetches these itself, and its environment has no more than their names.
  tls_variables = var.tls == null ? {} : {
    SLUICE_BOOKKEEPER_TLS_CERTIFICATE        = "secretsmanager:${var.tls.identity}"
    SLUICE_BOOKKEEPER_TLS_KEY                = "secretsmanager:${var.tls.identity}"
    SLUICE_BOOKKEEPER_TLS_CA                 = "secretsmanager:${var.tls.ca}"
    SLUICE_BOOKKEEPER_TLS_PEER_NAME          = var.tls.peer_name
    SLUICE_ZOOKEEPER_TLS_CERTIFICATE_AND_KEY = "secretsmanager:${var.tls.identity}"
    SLUICE_ZOOKEEPER_TLS_CA                  = "secretsmanager:${var.tls.ca}"
    SLUICE_ZOOKEEPER_TLS_ACL                 = "true"
  }
}

resource "aws_sqs_queue" "dead" {
  name                      = "${local.full_name}-dead"
  kms_master_key_id         = var.kms_key_arn
  message_retention_seconds = 1209600

  tags = var.tags
}

resource "aws_sqs_queue" "work" {
  name              = local.full_name
  kms_master_key_id = var.kms_key_arn

  # A message comes again only once the function that has it has surely ended; six times is what AWS asks for, so that functions that are throttled don't use up its attempts.
  visibility_timeout_seconds = 6 * var.timeout_seconds + var.batching_window_seconds
  message_retention_seconds  = 345600
  receive_wait_time_seconds  = 20

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })

  tags = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.work.arn]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: how long is a variable, a year by default
  name              = local.log_group
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn

  tags = var.tags
}

resource "aws_iam_role" "this" {
  name = local.full_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  # checkov:skip=CKV_AWS_290: the interfaces that Lambda makes in the VPC have no names yet
  # checkov:skip=CKV_AWS_355: likewise
  name = local.full_name
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(var.lake_statements, flatten(var.tls[*].statements), [
      {
        Sid      = "Messages"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
        Resource = [aws_sqs_queue.work.arn]
      },
      {
        Sid      = "MessagesDecrypt"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [var.kms_key_arn]
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${local.log_group}:*"]
      },
      {
        # Lambda's own, for its place in the VPC. The interfaces have no names that could be told here.
        Sid    = "Interfaces"
        Effect = "Allow"
        Action = [
          "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"
        ]
        Resource = ["*"]
      },
      {
        # And not the function's: what runs in it may not touch the network.
        Sid      = "NotFromWithin"
        Effect   = "Deny"
        Action   = ["ec2:*"]
        Resource = ["*"]
        Condition = {
          ArnEquals = { "lambda:SourceFunctionArn" = local.function_arn }
        }
      },
    ])
  })
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: what it does is in its log; traces need an endpoint of their own
  # checkov:skip=CKV_AWS_116: messages have their queue for dead letters; a schedule's event is worth nothing once the next one is there
  # checkov:skip=CKV_AWS_272: the zip comes from the user's own bucket, which only they write
  function_name = local.full_name
  description   = "Turns sealed segments of Sluice's log into lake files"
  role          = aws_iam_role.this.arn

  s3_bucket = var.artifact.bucket
  s3_key    = var.artifact.key
  runtime   = "java17"
  handler   = "io.sluice.compactor.lambda.CompactorHandler::handleRequest"

  memory_size = var.memory_mb
  timeout     = var.timeout_seconds
  kms_key_arn = var.kms_key_arn

  # The queue's, and two for the schedule. Looks at all tables that take longer than two minutes have more at a time.
  reserved_concurrent_executions = var.maximum_concurrency + 2

  ephemeral_storage {
    size = var.ephemeral_mb
  }

  vpc_config {
    subnet_ids         = values(var.subnet_ids)
    security_group_ids = [var.security_group_id]
  }

  environment {
    variables = merge(local.tls_variables, {
      SLUICE_ZOOKEEPER    = var.zookeeper
      SLUICE_LEDGERS      = "zk+hierarchical://${replace(var.zookeeper, ",", ";")}/ledgers"
      SLUICE_WAREHOUSE    = var.warehouse
      SLUICE_CATALOG_TYPE = "glue"
      SLUICE_CLUSTER      = var.name
      SLUICE_MEMORY_MIB   = tostring(max(256, floor(var.memory_mb / 6)))
      JAVA_TOOL_OPTIONS   = "--add-opens=java.base/java.nio=ALL-UNNAMED -XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=1 -Dio.netty.jfr.enabled=false"
    })
  }

  tags = var.tags

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

# The next look does the same as a retry, also of one that had to wait for a function.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = aws_sqs_queue.work.arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batching_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }

  tags = var.tags
}

resource "aws_iam_role" "schedule" {
  name = "${local.full_name}-schedule"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })

  tags = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  name = "invoke"
  role = aws_iam_role.schedule.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [local.function_arn]
      },
      {
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [var.kms_key_arn]
      },
    ]
  })
}

resource "aws_scheduler_schedule" "this" {
  name                = local.full_name
  description         = "Looks at all tables of Sluice"
  schedule_expression = var.schedule_minutes == 1 ? "rate(1 minute)" : "rate(${var.schedule_minutes} minutes)"
  kms_key_arn         = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedule.arn
    input    = "{}"

    retry_policy {
      maximum_retry_attempts       = 0
      maximum_event_age_in_seconds = 60
    }
  }
}
