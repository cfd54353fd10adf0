mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                = "town"
  region              = "eu-central-1"
  account_id          = "123456789012"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/k"
  alarm_emails        = ["oncall@example.com"]
  bookies             = ["a1", "b1", "c1"]
  zookeepers          = ["zookeeper-1", "zookeeper-2", "zookeeper-3"]
  function_name       = "town-compactor"
  queue_name          = "town-compactor"
  dead_queue_name     = "town-compactor-dead"
  balancer_suffix     = "net/town/1"
  target_group_suffix = "targetgroup/town/1"
  gateways            = 3
  lake_lag_seconds    = 1800
}

run "each_fault_has_an_alarm_that_somebody_gets" {
  assert {
    condition = length(setsubtract([
      "town-bookies-missing", "town-gateways-missing", "town-lake-lag", "town-compaction-failing", "town-appends-unavailable", "town-appends-fenced", "town-appends-stopped", "town-appends-throttled", "town-function-errors",
      "town-function-throttled", "town-dead-letters", "town-disk-a1", "town-disk-b1", "town-disk-c1", "town-down-b1", "town-down-zookeeper-2", "town-disk-zookeeper-3"
    ], output.alarms)) == 0
    error_message = "A fault has no alarm."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([aws_sns_topic.alarms.arn]) && length(alarm.alarm_description) > 20])
    error_message = "An alarm reaches nobody, or says nothing."
  }

  assert {
    condition     = [for subscription in aws_sns_topic_subscription.email : subscription.endpoint] == ["oncall@example.com"]
    error_message = "The alarms reach others."
  }
}

run "silence_of_machines_is_an_alarm" {
  assert {
    condition     = alltrue([for name in ["bookies-missing", "gateways-missing", "gateways-silent", "down-a1", "down-zookeeper-1"] : aws_cloudwatch_metric_alarm.this[name].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this[name].comparison_operator == "LessThanThreshold"])
    error_message = "A machine that says nothing any more is taken for a healthy one."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["bookies-missing"].threshold == 3 && aws_cloudwatch_metric_alarm.this["gateways-missing"].threshold == 3
    error_message = "One may be lost unseen."
  }
}

run "limits_are_what_was_asked_for" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["lake-lag"].threshold == 1800 && aws_cloudwatch_metric_alarm.this["lake-lag"].comparison_operator == "GreaterThanThreshold"
    error_message = "The lake's lag is another one."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.period * alarm.evaluation_periods <= 86400])
    error_message = "CloudWatch looks back a day at most."
  }
}

run "alarms_are_encrypted" {
  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == var.kms_key_arn
    error_message = "The topic isn't encrypted by the deployment's key."
  }
}

run "the_dashboard_shows_what_the_alarms_are_about" {
  assert {
    condition = length(setsubtract(
      [for alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name if !contains(["MaintenanceOverdueSeconds", "PurgesWaiting", "ApproximateAgeOfOldestMessage", "GatewayDiskUsedPercent", "ZooKeeperDiskUsedPercent", "BookieUp", "GatewayUp", "ZooKeeperUp"], alarm.metric_name)],
      flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for series in widget.properties.metrics : series[1]]])
    )) == 0
    error_message = "The dashboard lacks what an alarm is about."
  }
}

run "what_is_no_address_is_refused" {
  command = plan

  variables {
    alarm_emails = ["oncall"]
  }

  expect_failures = [var.alarm_emails]
}
