package io.sluice.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.bookie.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the standalone with SIGKILL at random points in the middle of ingest and compaction, and
 * checks after each restart that every acknowledged row is there once and in order: in the log, in
 * the lake, and in the union of the two (I1, I5, I7, I8, I11, I15).
 */
class KillIT {

  /** A few in every build; -Dkills=N for more. */
  private static final int KILLS = Integer.getInteger("kills", 5);

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final String[] EAGER = {
    "--set", "compactor.schedule-every=500ms", "--set", "compactor.commit-every=0ms"
  };

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path temp;

  private @Nullable StandaloneProcess standalone;

  @AfterEach
  void endTheProcess() {
    if (standalone != null) {
      standalone.close();
    }
  }

  @Test
  @Timeout(900)
  void everyAcknowledgedRowIsThereOnceAfterEachKill() throws Exception {
    Random random = new Random(SEED);
    Path data = temp.resolve("data");
    int port = Ports.free();
    standalone = StandaloneProcess.start(data, port, EAGER);
    createTable(standalone.endpoint());
    UnionCheck check = new UnionCheck(standalone.endpoint(), "crash", "rows");
    try (NumberedRows rows = new NumberedRows(standalone.endpoint(), "crash", "rows", SEED)) {
      for (int kill = 1; kill <= KILLS; kill++) {
        pause(100 + random.nextInt(2_500));
        standalone.kill();
        long acknowledged = rows.acknowledged();
        standalone = StandaloneProcess.start(data, port, EAGER);
        verify(check, acknowledged, "kill " + kill + " of seed " + SEED);
      }
    }
    long all = check.logRows(0, 0).size();
    flush(standalone.endpoint());
    UnionCheck.Union union = check.read(0);
    assertThat(union.lakeOffset())
        .as("after a flush all is in the lake")
        .isGreaterThanOrEqualTo(all);
    assertThat(standalone.stop()).as("exit code after a clean stop").isIn(0, 143);
  }

  private static void verify(UnionCheck check, long acknowledged, String when) throws Exception {
    UnionCheck.Union union = check.read(0);
    assertThat(union.lake()).as("lake after " + when).hasSize((int) union.lakeOffset());
    requireDense(union.rows(), "union after " + when);
    assertThat((long) union.rows().size())
        .as("acknowledged rows in the union after " + when)
        .isGreaterThanOrEqualTo(acknowledged);
    List<UnionCheck.Row> log = check.logRows(0, 0);
    requireDense(log, "log after " + when);
    assertThat((long) log.size())
        .as("acknowledged rows in the log after " + when)
        .isGreaterThanOrEqualTo(acknowledged);
  }

  /** Row n stands at offset n: none is missing, none is there twice, none is out of order. */
  private static void requireDense(List<UnionCheck.Row> rows, String where) {
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).as("%s, row %d", where, i).isEqualTo(new UnionCheck.Row(i, i));
    }
  }

  private static void createTable(String endpoint) throws Exception {
    post(endpoint, "/v1/databases", "{\"name\":\"crash\"}");
    post(
        endpoint,
        "/v1/databases/crash/tables",
        "{\"name\":\"rows\",\"columns\":[{\"name\":\"n\",\"type\":\"long\",\"required\":true},"
            + "{\"name\":\"text\",\"type\":\"string\"}],\"options\":{\"segment.max-age\":\"1s\"}}");
  }

  private static void flush(String endpoint) throws Exception {
    post(endpoint, "/v1/databases/crash/tables/rows/flush?timeoutMs=60000", "");
  }

  private static void post(String endpoint, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + ": " + response.body()).isBetween(200, 299);
  }

  /** The random point: ingest and compaction go on meanwhile. */
  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
