package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.log.append.SealListener;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * The zip as a function that SQS and a schedule drive. The endpoint of AWS, or of a stand-in that
 * runs functions as processes on this computer, comes by {@code -Daws.endpoint}.
 */
@Tag("aws")
@Timeout(400)
class FunctionOnQueueIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  private static final URI ENDPOINT = URI.create(System.getProperty("aws.endpoint", ""));

  @TempDir Path folder;

  @Test
  void messagesThatAreDoubledReorderedAndPoisonedBringEachRowOnce() throws Exception {
    List<String> poison =
        List.of("not json", "{\"version\":9,\"database\":\"db\",\"table\":\"t0\"}");
    try (LogTown town =
            new LogTown(BOOKIES, LakeSettings.local(folder.resolve("lake")), SealListener.NONE);
        Ministack aws = new Ministack(ENDPOINT, Duration.ofSeconds(2), 4)) {
      aws.deploy(FunctionProcess.zip(), town.environment(), Duration.ofMinutes(2));
      List<Table> tables = new ArrayList<>();
      List<String> messages = new ArrayList<>(poison);
      messages.add(body("gone"));
      for (int i = 0; i < 3; i++) {
        tables.add(town.table("t" + i, 2));
      }
      for (int round = 0; round < 3; round++) {
        for (Table table : tables) {
          town.append(table, round % 2, 100 + round);
          town.seal(table);
          messages.addAll(Collections.nCopies(4, body(table.name().table())));
        }
      }
      Collections.shuffle(messages, new Random(7));
      messages.forEach(body -> send(aws, body));

      for (Table table : tables) {
        eventually("the rows of " + table.name(), () -> arrived(town, table));
        town.assertLakeEqualsLog(table);
      }
      Set<String> dead = new HashSet<>();
      eventually("the poisoned are dead letters", () -> collect(aws, dead) == poison.size());
      assertThat(dead).containsExactlyInAnyOrderElementsOf(poison);

      Table forgotten = town.table("forgotten", 1);
      town.append(forgotten, 0, 100);
      town.seal(forgotten);
      aws.schedule();
      eventually("the rows that no message names", () -> arrived(town, forgotten));
      town.assertLakeEqualsLog(forgotten);
    }
  }

  private static boolean arrived(LogTown town, Table table) {
    return town.lakeRows(table) == town.written(table);
  }

  private static int collect(Ministack aws, Set<String> dead) {
    for (Message message :
        aws.sqs
            .receiveMessage(request -> request.queueUrl(aws.dead).maxNumberOfMessages(10))
            .messages()) {
      dead.add(message.body());
    }
    return dead.size();
  }

  private static void send(Ministack aws, String body) {
    var unused = aws.sqs.sendMessage(request -> request.queueUrl(aws.work).messageBody(body));
  }

  private static String body(String table) {
    return new Announcement(new TableName("db", table)).encode();
  }

  private static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
    }
  }
}
