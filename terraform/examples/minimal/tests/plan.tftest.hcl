mock_provider "aws" {
  source = "../../tests/mocks"
}

# No more than docs/aws.md asks for.
variables {
  artifacts_bucket = "artifacts"
}

run "it_can_be_planned" {
  command = plan
}

run "it_can_be_applied" {
  assert {
    condition     = strcontains(output.flink_catalog, output.endpoint)
    error_message = "Flink is told another place."
  }
}
