package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.Table;
import io.sluice.log.append.SealListener;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The zip that {@code mvn package} makes for Lambda, in a process that has nothing else. */
@Timeout(240)
class FunctionZipIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST_ZIP = 60_000_000;

  /** What Lambda takes unpacked, layers included, less what a layer of the user's may need. */
  private static final long LARGEST_UNPACKED = 245_000_000;

  /** What a start to the first answer may load, with some room. */
  private static final int MOST_CLASSES = 9_000;

  private static final Pattern NEEDLESS =
      Pattern.compile(
          " (com\\.amazonaws\\.lambda\\.thirdparty|jdk\\.jfr\\.internal\\.MetadataRepo)");

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  @TempDir Path folder;

  @Test
  void itFitsIntoLambda() throws Exception {
    assertThat(Files.size(FunctionProcess.zip())).isLessThan(LARGEST_ZIP);
    try (ZipFile zip = new ZipFile(FunctionProcess.zip().toFile())) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      assertThat(entries.stream().mapToLong(ZipEntry::getSize).sum()).isLessThan(LARGEST_UNPACKED);
      Set<String> names = entries.stream().map(ZipEntry::getName).collect(Collectors.toSet());
      assertThat(names)
          .contains("bootstrap", "META-INF/services/org.slf4j.spi.SLF4JServiceProvider")
          .noneMatch(name -> name.contains("rocksdb"))
          .noneMatch(name -> name.contains("junit"));
    }
  }

  @Test
  void itCompactsWithWhatIsInIt() throws Exception {
    Path task = folder.resolve("task");
    FunctionProcess.unpack(FunctionProcess.zip(), task);
    try (LogTown town =
        new LogTown(BOOKIES, LakeSettings.local(folder.resolve("lake")), SealListener.NONE)) {
      Table table = town.table("t", 2);
      town.append(table, 0, 1_000);
      town.append(table, 1, 500);
      town.seal(table);
      Path classes = folder.resolve("classes");
      Map<String, String> variables = town.environment();
      variables.merge(
          "JAVA_TOOL_OPTIONS", " -Xlog:class+load:file=" + classes, (one, more) -> one + more);
      try (FunctionProcess function =
          FunctionProcess.start(task, variables, folder.resolve("log"), List.of())) {
        JsonNode answer = JSON.readTree(invoke(function, event("db", "t")));
        assertThat(answer.get("batchItemFailures")).as(function.log()).isEmpty();
        assertStartIsSmall(Files.readAllLines(classes));
        town.assertLakeEqualsLog(table);

        town.append(table, 0, 100);
        town.seal(table);
        invoke(function, "{}");
        town.assertLakeEqualsLog(table);
        assertThat(function.log().lines().filter(line -> line.contains("Compacted")))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(JSON.readTree(line).has("requestId")).isTrue());
        assertThat(function.log())
            .doesNotContain("ClassNotFound", "NoClassDefFound", "SLF4J", "DNS Resolver");
      }
    }
  }

  /**
   * Loading classes is most of a cold start, and their number doesn't depend on the machine's load.
   * What isn't needed has come in before: the runtime's mapping of events, and events for JFR.
   */
  private static void assertStartIsSmall(List<String> loaded) {
    assertThat(loaded.size()).isBetween(1_000, MOST_CLASSES);
    assertThat(loaded.stream().filter(line -> NEEDLESS.matcher(line).find())).isEmpty();
  }

  private static String invoke(FunctionProcess function, String event) throws Exception {
    return function.answer(event, Duration.ofSeconds(100));
  }

  static String event(String database, String table) {
    String body =
        JSON.createObjectNode().put("version", 1).put("database", database).put("table", table)
            + "";
    var event = JSON.createObjectNode();
    event
        .putArray("Records")
        .addObject()
        .put("messageId", "m1")
        .put("receiptHandle", "r1")
        .put("eventSource", "aws:sqs")
        .put("body", body);
    return event.toString();
  }
}
