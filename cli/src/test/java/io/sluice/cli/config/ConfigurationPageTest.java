package io.sluice.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.OptionDoc;
import io.sluice.catalog.table.TableOptions;
import io.sluice.cli.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Writes {@code docs/configuration.md} from the settings records and the table options. */
class ConfigurationPageTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/configuration.md");

  @Test
  void pageSaysWhatTheSettingsRecordsSay() throws IOException {
    String page = page();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as(
            "write it anew with: mvn test -pl cli -am -Dtest=ConfigurationPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true")
        .hasContent(page);
  }

  private static String page() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("# Configuration\n\n")
        .append("This page is written from the settings records and the table options by")
        .append(" `ConfigurationPageTest`, which fails when it is out of date.\n\n")
        .append("## Settings of a process\n\n")
        .append("`--config FILE` reads `key = value` lines, `--set key=value` gives one setting:")
        .append(" options of `sluice standalone`, `cluster`, and each part on its own. One file")
        .append(" may serve all parts. An unknown key stops the start.\n\n")
        .append("The defaults are a standalone's. `sluice gateway` replicates 3/3/2, a bookie")
        .append(" draws its id, a compactor its worker's name; a standalone fills in its own")
        .append(" ZooKeeper, and `bookkeeper.metadata-uri` follows `zookeeper.connect-string`.\n\n")
        .append("| setting | default | what it is |\n| --- | --- | --- |\n");
    for (Map.Entry<String, Record> record : ProcessConfig.DEFAULT.byPrefix().entrySet()) {
      appendSettings(page, record.getKey(), record.getValue());
    }
    page.append("\n## Table options\n\n")
        .append("Given at CREATE TABLE: `sluice table create -o key=value`, `options` of")
        .append(" `POST /v1/databases/{db}/tables`, or Flink's `WITH`. Most can be")
        .append(" [altered](http.md#altering-options) at any time.\n\n")
        .append("| option | values | default | what it does |\n| --- | --- | --- | --- |\n");
    for (OptionDoc doc : TableOptions.docs()) {
      row(page, "`" + doc.key() + "`", doc.range(), code(doc.defaultValue()), doc.text());
    }
    return page.toString();
  }

  private static void appendSettings(StringBuilder page, String prefix, Record settings)
      throws IOException {
    Map<Class<?>, Map<String, String>> docs = new HashMap<>();
    for (SettingsRecord.Setting setting : SettingsRecord.settings(prefix, settings)) {
      Class<?> owner = setting.component().getDeclaringRecord();
      Map<String, String> ofOwner = docs.get(owner);
      if (ofOwner == null) {
        ofOwner = RecordDocs.of(source(owner), owner.getSimpleName());
        docs.put(owner, ofOwner);
      }
      String text = ofOwner.getOrDefault(setting.component().getName(), "");
      assertThat(text).as("Javadoc of %s in %s", setting.key(), owner).isNotBlank();
      row(page, "`" + setting.key() + "`", code(setting.value()), text);
    }
  }

  private static Path source(Class<?> record) throws IOException {
    String file = record.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> found =
          modules
              .map(module -> module.resolve("src/main/java").resolve(file))
              .filter(Files::exists)
              .toList();
      assertThat(found).as("sources of %s", record).hasSize(1);
      return found.get(0);
    }
  }

  private static String code(String value) {
    return value.isEmpty() ? "" : "`" + value + "`";
  }

  private static void row(StringBuilder page, String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
