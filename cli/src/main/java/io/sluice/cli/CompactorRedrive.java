package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.gateway.announce.SqsQueues;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code sluice compactor redrive}: has the function try again what failed too often. */
@Command(
    name = "redrive",
    description = "Moves messages that failed too often back to the compactor function's queue.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Both queues are those that the gateway names, unless they are given. It may be begun again.",
      "Credentials are those of AWS's default chain; they must allow sqs:GetQueueAttributes,",
      "sqs:ReceiveMessage and sqs:DeleteMessage on the one queue and sqs:SendMessage on the other."
    })
final class CompactorRedrive implements Runnable {

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Option(
      names = "--queue",
      paramLabel = "URL",
      description = "The function's queue (default: what the gateway announces to).")
  private @Nullable String queue;

  @Option(
      names = "--dead-queue",
      paramLabel = "URL",
      description =
          "The queue of messages that failed too often (default: what the gateway names).")
  private @Nullable String deadQueue;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    String to = queue;
    String from = deadQueue;
    if (to == null || from == null) {
      JsonNode known = gateway.http().call("GET", "/v1/status", null).path("queue");
      to = to == null ? named(known.path("url"), "--queue", "announce.queue-url") : to;
      from =
          from == null
              ? named(known.path("deadUrl"), "--dead-queue", "announce.dead-queue-url")
              : from;
    }
    try (SqsClient sqs = SqsQueues.client(from)) {
      long dead = SqsQueues.messages(sqs, from);
      long moved = SqsQueues.move(sqs, from, to, dead);
      spec.commandLine().getOut().println("Moved " + moved + " of " + dead + " messages to " + to);
    } catch (SdkException e) {
      throw new CommandException(
          "messages can't be moved from " + from + " to " + to + ": " + e.getMessage(), e);
    }
  }

  private static String named(JsonNode url, String option, String setting) {
    if (url.isTextual()) {
      return url.textValue();
    }
    throw new CommandException(
        "the gateway has no " + setting + ": set it there, or give " + option + " URL");
  }
}
