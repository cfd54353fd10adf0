package io.sluice.testing.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.aws.AwsEnvironment.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class AwsEnvironmentTest {

  private static final Map<String, String> HOME = Map.of(AwsEnvironment.HOME, "/somewhere");

  @Test
  void aGivenEndpointComesFirstThenDockerThenAProcess() {
    assertThat(AwsEnvironment.choose("http://localhost:4566", () -> true, HOME))
        .isEqualTo(Kind.GIVEN);
    assertThat(AwsEnvironment.choose("", () -> true, HOME)).isEqualTo(Kind.DOCKER);
    assertThat(AwsEnvironment.choose("", () -> false, HOME)).isEqualTo(Kind.HOST);
    assertThat(AwsEnvironment.choose("", () -> false, Map.of())).isEqualTo(Kind.NONE);
    assertThat(AwsEnvironment.choose(" ", () -> false, Map.of(AwsEnvironment.HOME, "")))
        .isEqualTo(Kind.NONE);
  }

  @Test
  void aPropertyNamesTheEndpointBeforeTheEnvironment() {
    Map<String, String> environment = Map.of(AwsEnvironment.ENDPOINT, "http://b");
    assertThat(AwsEnvironment.given("http://a", environment)).isEqualTo("http://a");
    assertThat(AwsEnvironment.given("", environment)).isEqualTo("http://b");
    assertThat(AwsEnvironment.given("", Map.of())).isEmpty();
  }

  @Test
  void withoutAnyATestIsLeftOutOnALaptopAndFailsUnderCi() {
    assertThat(AwsEnvironment.missing(Map.of()))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("-Daws.endpoint")
        .hasMessageContaining("Docker")
        .hasMessageContaining("LOCALSTACK_HOME");
    assertThat(AwsEnvironment.missing(Map.of(AwsEnvironment.CI, "true")))
        .isNotInstanceOf(TestAbortedException.class);
  }
}
