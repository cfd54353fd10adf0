package io.sluice.testing.aws;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.opentest4j.TestAbortedException;

/**
 * Where a test finds S3 and SQS: at the endpoint that {@code -Daws.endpoint} or the environment's
 * {@code AWS_ENDPOINT_URL} names; else at LocalStack in a container, if there is Docker; else at a
 * LocalStack without one, from the folder that {@code LOCALSTACK_HOME} names.
 *
 * <p>Where there is none of them, the test is left out and says so; under CI it fails.
 */
public final class AwsEnvironment implements AutoCloseable {

  static final String PROPERTY = "aws.endpoint";
  static final String ENDPOINT = "AWS_ENDPOINT_URL";
  static final String HOME = "LOCALSTACK_HOME";
  static final String CI = "CI";

  /** What there is, in the order in which it is taken. */
  enum Kind {
    GIVEN,
    DOCKER,
    HOST,
    NONE
  }

  /** What was started, and ends with the test. */
  interface Running extends AutoCloseable {

    @Override
    void close() throws IOException;
  }

  private final URI endpoint;
  private final Running running;

  private AwsEnvironment(URI endpoint, Running running) {
    this.endpoint = endpoint;
    this.running = running;
  }

  /**
   * Finds one, or starts it.
   *
   * @throws TestAbortedException if there is none, and it isn't CI
   * @throws IOException if it can't be started; the message has its log
   */
  public static AwsEnvironment open() throws IOException {
    Map<String, String> environment = System.getenv();
    String given = given(System.getProperty(PROPERTY, ""), environment);
    switch (choose(given, LocalStackContainer::isPossible, environment)) {
      case GIVEN -> {
        return new AwsEnvironment(URI.create(given), () -> {});
      }
      case DOCKER -> {
        LocalStackContainer container = LocalStackContainer.start();
        return new AwsEnvironment(container.endpoint(), container);
      }
      case HOST -> {
        LocalStackProcess process =
            LocalStackProcess.start(Path.of(environment.getOrDefault(HOME, "")));
        return new AwsEnvironment(process.endpoint(), process);
      }
      default -> throw missing(environment);
    }
  }

  static String given(String property, Map<String, String> environment) {
    return property.isBlank() ? environment.getOrDefault(ENDPOINT, "") : property;
  }

  static Kind choose(String given, BooleanSupplier docker, Map<String, String> environment) {
    if (!given.isBlank()) {
      return Kind.GIVEN;
    }
    if (docker.getAsBoolean()) {
      return Kind.DOCKER;
    }
    return environment.getOrDefault(HOME, "").isBlank() ? Kind.NONE : Kind.HOST;
  }

  static RuntimeException missing(Map<String, String> environment) {
    String message =
        "there is no AWS for this test: name an endpoint by -Daws.endpoint, start Docker, or have"
            + " LOCALSTACK_HOME name a folder that `.ci/localstack FOLDER` made";
    return environment.getOrDefault(CI, "").equals("true")
        ? new IllegalStateException(message)
        : new TestAbortedException(message);
  }

  /** Returns where S3, SQS and the others answer. */
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
