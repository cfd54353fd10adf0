package io.sluice.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;
import io.sluice.cli.crash.UnionCheck;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice cluster} as its user has it: its end is the end of its parts, but not of data. */
@Tag("chaos")
@Timeout(180)
class ClusterCommandIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WAIT_SECONDS = 90;
  private static final TableName TABLE = TableName.parse("shop.orders");
  private static final Schema COLUMNS =
      new Schema(Types.NestedField.required(1, "n", Types.LongType.get()));

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path temp;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
    // Their parts end with them, and are gone before the folder is deleted.
    await("the parts to end", () -> parts().stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void partsEndWithTheCommandHoweverItEndsAndTheNextBringsAllBack() throws Exception {
    Process first = start();
    List<ProcessHandle> parts = parts();
    assertThat(parts).hasSize(3).allMatch(ProcessHandle::isAlive);
    try (SluiceClient client = SluiceClient.connect(endpoint())) {
      client.createDatabase("shop", false);
      client.createTable(TableSpec.of(TABLE, COLUMNS));
      try (TableWriter writer = client.writer(TABLE)) {
        writer.append(List.of(Map.of("n", 0L))).get(60, TimeUnit.SECONDS);
      }
    }
    first.destroyForcibly();
    await("the parts to end", () -> parts.stream().noneMatch(ProcessHandle::isAlive));

    Process second = start();
    assertThat(new UnionCheck(endpoint(), "shop", "orders").logRows(0, 0))
        .containsExactly(new UnionCheck.Row(0, 0));
    long gateway = pid("gateway-1");
    ProcessHandle.of(gateway).orElseThrow().destroyForcibly();
    await("another gateway", () -> pid("gateway-1") != gateway);
    assertThat(output()).contains("gateway-1 (pid " + gateway + ") ended with exit code 137");
    assertThat(new UnionCheck(endpoint(), "shop", "orders").logRows(0, 0)).hasSize(1);
    second.destroy();
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(parts()).noneMatch(ProcessHandle::isAlive);
  }

  /** Starts one and returns once it is ready. */
  private Process start() throws Exception {
    Files.deleteIfExists(file());
    Part command =
        new Part(
            "cluster",
            PartKind.ZOOKEEPER,
            "",
            List.of(
                "cluster",
                "--data",
                temp.resolve("data").toString(),
                "--port",
                "0",
                "--gateways",
                "1",
                "--bookies",
                "1",
                "--compactors",
                "0",
                "--restart"));
    Process process =
        new ProcessBuilder(PartProcess.command(command, List.of()))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("out").toFile())
            .start();
    started.add(process);
    await("the cluster", () -> Files.exists(file()) || !process.isAlive());
    assertThat(process.isAlive()).as(output()).isTrue();
    return process;
  }

  private Path file() {
    return temp.resolve("data/cluster.json");
  }

  private JsonNode json() {
    try {
      return JSON.readTree(file().toFile());
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private String endpoint() {
    return json().path("endpoints").path(0).asText();
  }

  private List<ProcessHandle> parts() {
    List<ProcessHandle> handles = new ArrayList<>();
    for (JsonNode part : json().path("parts")) {
      Optional<ProcessHandle> handle = ProcessHandle.of(part.path("pid").asLong());
      handle.ifPresent(handles::add);
    }
    return handles;
  }

  private long pid(String name) {
    for (JsonNode part : json().path("parts")) {
      if (part.path("name").asText().equals(name)) {
        return part.path("pid").asLong();
      }
    }
    throw new AssertionError("there is no " + name);
  }

  private String output() throws IOException {
    return Files.readString(temp.resolve("out"));
  }

  private static void await(String what, BooleanSupplier condition) {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(giveUpAt);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
