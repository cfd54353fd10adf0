package io.sluice.gateway.announce;

import java.time.Duration;

/**
 * How a gateway announces tables with sealed segments to the compactor's function.
 *
 * @param queueUrl URL of the SQS queue that the function reads; empty for none, then the cluster's
 *     compactor processes are asked. Region and credentials are those of AWS's default chain
 * @param deadQueueUrl URL of the queue of messages that failed too often, for {@code sluice
 *     status}; empty for none
 * @param pause how long a table waits for others to be announced with it, 10 ms to 1 min
 * @param mostWaiting how many tables may wait while the queue can't be reached, 1 to 1,000,000;
 *     those beyond are left to the function's schedule
 */
public record AnnounceSettings(
    String queueUrl, String deadQueueUrl, Duration pause, int mostWaiting) {

  /** No queue. */
  public static final AnnounceSettings DEFAULT =
      new AnnounceSettings("", "", Duration.ofMillis(200), 10_000);

  public AnnounceSettings {
    url("queueUrl", queueUrl);
    url("deadQueueUrl", deadQueueUrl);
    if (pause.toMillis() < 10 || pause.toMillis() > 60_000) {
      throw new IllegalArgumentException("pause must be 10 ms to 1 min: " + pause);
    }
    if (mostWaiting < 1 || mostWaiting > 1_000_000) {
      throw new IllegalArgumentException("mostWaiting must be 1 to 1,000,000: " + mostWaiting);
    }
  }

  /** Returns whether there is a queue. */
  public boolean enabled() {
    return !queueUrl.isEmpty();
  }

  private static void url(String name, String url) {
    if (!url.isEmpty() && !url.matches("https?://[^/]+/.+")) {
      throw new IllegalArgumentException(name + " must be a queue's URL: '" + url + "'");
    }
  }
}
