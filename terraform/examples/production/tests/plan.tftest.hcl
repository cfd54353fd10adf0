mock_provider "aws" {
  source = "../../tests/mocks"
}

# No more than docs/aws.md asks for.
variables {
  artifacts_bucket = "artifacts"
  sluice_version   = "0.1.0"
  ami_id           = "ami-0123456789abcdef0"
  alarm_emails     = ["oncall@example.com"]
}

run "it_can_be_planned" {
  command = plan
}

run "it_can_be_applied" {
  assert {
    condition     = toset(keys(output.machines)) == toset(["bookie-a1", "bookie-b1", "bookie-c1", "zookeeper-1", "zookeeper-2", "zookeeper-3"])
    error_message = "A machine is missing."
  }
}
