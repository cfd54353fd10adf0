# What may go wrong, as alarms; each says what it means and what to do. Machines tell their figures each minute (sluice-metrics).

locals {
  cluster = { Cluster = var.name }

  alarms = merge(
    {
      bookies-missing = {
        says      = "Fewer bookies are up than there should be. Rows are still taken while two are; segments have two copies instead of three. See docs/aws.md, Replacing a bookie."
        namespace = "Sluice", metric = "BookiesUp", dimensions = local.cluster, statistic = "Maximum"
        below     = length(var.bookies), minutes = 5, missing = "breaching"
      }
      copies-missing = {
        says      = "Segments have lacked copies for half an hour: a bookie is away, or autorecovery doesn't come to copy what it had. See docs/aws.md, Replacing a bookie."
        namespace = "Sluice", metric = "SegmentsLackingCopies", dimensions = local.cluster, statistic = "Minimum"
        above     = 0, minutes = 30, missing = "notBreaching"
      }
      gateways-missing = {
        says       = "Fewer gateways answer /readyz than there should be. If it is all of them, look for ZooKeeper; one that never came up may lack a secret, or its certificate a name: its log says so."
        namespace  = "AWS/NetworkELB", metric = "HealthyHostCount", statistic = "Minimum"
        dimensions = { LoadBalancer = var.balancer_suffix, TargetGroup = var.target_group_suffix }
        below      = var.gateways, minutes = 10, missing = "breaching"
      }
      lake-lag = {
        says      = "Rows wait too long for their way into the lake: `sluice status` says of which table and why. The log keeps them; reads of both are right."
        namespace = "Sluice", metric = "LakeLagSeconds", dimensions = local.cluster, statistic = "Maximum"
        above     = var.lake_lag_seconds, minutes = 10, missing = "notBreaching"
      }
      compaction-failing = {
        says      = "The last compaction of a table failed: `sluice status` says which and why."
        namespace = "Sluice", metric = "TablesCompactionFailing", dimensions = local.cluster, statistic = "Maximum"
        above     = 0, minutes = 15, missing = "notBreaching"
      }
      maintenance-failing = {
        says      = "A step of a table's maintenance fails: `sluice status --maintenance` says which and why."
        namespace = "Sluice", metric = "TablesMaintenanceFailing", dimensions = local.cluster, statistic = "Maximum"
        above     = 0, minutes = 60, missing = "notBreaching"
      }
      maintenance-overdue = {
        says      = "No function comes to maintain a table."
        namespace = "Sluice", metric = "MaintenanceOverdueSeconds", dimensions = local.cluster, statistic = "Maximum"
        above     = 3600, minutes = 15, missing = "notBreaching"
      }
      purges-waiting = {
        says      = "Files of a dropped table can't be deleted: `sluice status` says why."
        namespace = "Sluice", metric = "PurgesWaiting", dimensions = local.cluster, statistic = "Minimum"
        above     = 0, minutes = 60, missing = "notBreaching"
      }
      appends-unavailable = {
        says      = "Appends can't be done: too few bookies, or ZooKeeper away. The gateways' log says why."
        namespace = "Sluice", metric = "AppendsUnavailable", dimensions = local.cluster, statistic = "Sum"
        above     = 0, minutes = 5, missing = "notBreaching"
      }
      appends-fenced = {
        says      = "Appends reach gateways that were fenced. A few do while a bucket moves; if it goes on, gateways are paused, or cut off from ZooKeeper."
        namespace = "Sluice", metric = "AppendsFenced", dimensions = local.cluster, statistic = "Sum"
        above     = 0, minutes = 5, missing = "notBreaching"
      }
      appends-stopped = {
        says      = "A bucket has stopped, as the log doesn't have what was acknowledged. The gateways' log says which one; nothing goes on there by itself."
        namespace = "Sluice", metric = "AppendsStopped", dimensions = local.cluster, statistic = "Sum"
        above     = 0, minutes = 1, missing = "notBreaching"
      }
      appends-throttled = {
        says      = "Appends are told to come back later: more comes in than bookies or gateways can take, or than a table's quota."
        namespace = "Sluice", metric = "AppendsThrottled", dimensions = local.cluster, statistic = "Sum"
        above     = 0, minutes = 15, missing = "notBreaching"
      }
      function-errors = {
        says      = "The compactor's function failed as a whole, as it does when it can't reach ZooKeeper. Its log says why."
        namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = var.function_name }, statistic = "Sum"
        above     = 0, minutes = 15, missing = "notBreaching"
      }
      function-throttled = {
        says      = "The compactor's function may not run as often as it should: all that may run at a time do, as with many tables that are behind (raise maximum_concurrency), or the account's concurrency doesn't suffice."
        namespace = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = var.function_name }, statistic = "Sum"
        above     = 0, minutes = 15, missing = "notBreaching"
      }
      dead-letters = {
        says      = "Messages to the compactor failed five times. The schedule finds their tables all the same; the function's log says why they failed."
        namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = var.dead_queue_name }, statistic = "Maximum"
        above     = 0, minutes = 1, missing = "notBreaching"
      }
      messages-old = {
        says      = "Messages to the compactor wait for three hours: there is more work than functions, or they fail again and again. One that failed once is hidden for up to an hour and a half."
        namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = var.queue_name }, statistic = "Maximum"
        above     = 10800, minutes = 5, missing = "notBreaching"
      }
      gateways-silent = {
        says      = "No gateway answers with its certificate and its machine's token, so that nothing is known of them: look whether the certificate has ended, lacks a name, or isn't of the CA. Each machine's log of sluice-metrics says why."
        namespace = "Sluice", metric = "GatewayUp", dimensions = local.cluster, statistic = "Maximum"
        below     = 1, minutes = 10, missing = "breaching"
      }
      certificate-ends = {
        says      = "The gateways' certificate ends in less than two weeks, or isn't good for its machines at all. Put a new one: docs/aws.md, Certificates and tokens."
        namespace = "Sluice", metric = "CertificateDaysLeft", dimensions = local.cluster, statistic = "Minimum"
        below     = 14, minutes = 5, missing = "notBreaching"
      }
      cluster-certificate-ends = {
        says      = "The certificate of the cluster's own parts ends in less than two weeks, or isn't good at all; nothing works once it has. Put a new one: docs/aws.md, The cluster's certificate."
        namespace = "Sluice", metric = "ClusterCertificateDaysLeft", dimensions = local.cluster, statistic = "Minimum"
        below     = 14, minutes = 5, missing = "notBreaching"
      }
      journal-slow = {
        says      = "A bookie takes more than 100 ms to have an entry on disk, for one in a hundred; every append to it waits as long. Its journal's device is slow or overloaded: look at the instance's limits, or replace the bookie."
        namespace = "Sluice", metric = "BookieJournalAddP99", dimensions = local.cluster, statistic = "Maximum"
        above     = 100, minutes = 10, missing = "notBreaching"
      }
      bookie-read-only = {
        says      = "A bookie takes no writes: its disk is full, or failed. Its log says which; see docs/aws.md, Replacing a bookie."
        namespace = "Sluice", metric = "BookieReadOnly", dimensions = local.cluster, statistic = "Maximum"
        above     = 0, minutes = 5, missing = "notBreaching"
      }
      gateway-disk = {
        says      = "A gateway's disk is filling up."
        namespace = "Sluice", metric = "GatewayDiskUsedPercent", dimensions = local.cluster, statistic = "Maximum"
        above     = 85, minutes = 5, missing = "notBreaching"
      }
    },
    {
      for name in var.bookies : "disk-${name}" => {
        says      = "The disk of bookie ${name} is filling up; at 95 % it takes no more writes. Lake lag and log.retention decide how much is kept."
        namespace = "Sluice", metric = "BookieDiskUsedPercent", dimensions = merge(local.cluster, { Machine = name }), statistic = "Maximum"
        above     = 80, minutes = 5, missing = "missing"
      }
    },
    {
      for name in var.bookies : "down-${name}" => {
        says      = "Bookie ${name} doesn't answer. See docs/aws.md, Replacing a bookie."
        namespace = "Sluice", metric = "BookieUp", dimensions = merge(local.cluster, { Machine = name }), statistic = "Maximum"
        below     = 1, minutes = 5, missing = "breaching"
      }
    },
    {
      for name in var.zookeepers : "disk-${name}" => {
        says      = "The disk of ${name} is filling up."
        namespace = "Sluice", metric = "ZooKeeperDiskUsedPercent", dimensions = merge(local.cluster, { Machine = name }), statistic = "Maximum"
        above     = 80, minutes = 5, missing = "missing"
      }
    },
    {
      for name in var.zookeepers : "down-${name}" => {
        says      = "Server ${name} of ZooKeeper doesn't serve. With two of three everything goes on; with one, nothing that needs metadata does."
        namespace = "Sluice", metric = "ZooKeeperUp", dimensions = merge(local.cluster, { Machine = name }), statistic = "Maximum"
        below     = 1, minutes = 5, missing = "breaching"
      }
    },
  )

  charts = [
    { title = "Rows appended a minute", series = [["Sluice", "AppendedRows", "Cluster", var.name]], stat = "Sum" },
    { title = "Bytes appended a minute", series = [["Sluice", "AppendedBytes", "Cluster", var.name]], stat = "Sum" },
    { title = "Appends that failed", series = [for metric in ["AppendsUnavailable", "AppendsFenced", "AppendsStopped", "AppendsThrottled"] : ["Sluice", metric, "Cluster", var.name]], stat = "Sum" },
    { title = "Age of the oldest row not in the lake, in seconds", series = [["Sluice", "LakeLagSeconds", "Cluster", var.name]], stat = "Maximum" },
    { title = "Bytes not in the lake", series = [["Sluice", "LakeLagBytes", "Cluster", var.name]], stat = "Maximum" },
    { title = "Tables that fail", series = [["Sluice", "TablesCompactionFailing", "Cluster", var.name], ["Sluice", "TablesMaintenanceFailing", "Cluster", var.name]], stat = "Maximum" },
    { title = "Bookies that are up", series = [["Sluice", "BookiesUp", "Cluster", var.name]], stat = "Maximum" },
    { title = "Segments that lack copies", series = [["Sluice", "SegmentsLackingCopies", "Cluster", var.name]], stat = "Maximum" },
    { title = "Bookies' disks, percent", series = [for name in sort(var.bookies) : ["Sluice", "BookieDiskUsedPercent", "Cluster", var.name, "Machine", name]], stat = "Maximum" },
    { title = "Bookies' journals: 99 of 100 entries or syncs within, in milliseconds", series = [for metric in ["BookieJournalAddP99", "BookieJournalSyncP99"] : ["Sluice", metric, "Cluster", var.name]], stat = "Maximum" },
    { title = "Bookies that take no writes", series = [["Sluice", "BookieReadOnly", "Cluster", var.name]], stat = "Sum" },
    { title = "Bytes written to and read from bookies a minute", series = [for metric in ["BookieWrittenBytes", "BookieReadBytes"] : ["Sluice", metric, "Cluster", var.name]], stat = "Sum" },
    { title = "Segments that were copied anew a minute", series = [["Sluice", "SegmentsCopied", "Cluster", var.name]], stat = "Sum" },
    { title = "Gateways that are ready", series = [["AWS/NetworkELB", "HealthyHostCount", "TargetGroup", var.target_group_suffix, "LoadBalancer", var.balancer_suffix]], stat = "Minimum" },
    { title = "Days until certificates end", series = [for metric in ["CertificateDaysLeft", "ClusterCertificateDaysLeft"] : ["Sluice", metric, "Cluster", var.name]], stat = "Minimum" },
    { title = "The compactor's function", series = [for metric in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", var.function_name]], stat = "Sum" },
    { title = "How long it ran, in milliseconds", series = [["AWS/Lambda", "Duration", "FunctionName", var.function_name]], stat = "Maximum" },
    { title = "Messages, dead ones too", series = [for queue in [var.queue_name, var.dead_queue_name] : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]], stat = "Maximum" },
  ]
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn

  tags = var.tags
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Alarms"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.minutes
  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(each.value.below, each.value.above)
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  tags = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for index, chart in local.charts : {
        type   = "metric"
        x      = (index % 3) * 8
        y      = floor(index / 3) * 6
        width  = 8
        height = 6
        properties = {
          title   = chart.title
          metrics = chart.series
          stat    = chart.stat
          period  = 60
          region  = var.region
          view    = "timeSeries"
        }
      }
    ]
  })
}
