package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** Writes the tables of options in {@code docs/flink.md}, from the options themselves. */
class FlinkPageTest {

  private static final String BEGIN = "<!-- options: written by FlinkPageTest -->\n";
  private static final String END = "<!-- end of options -->\n";

  @Test
  void thePageHasAllOptions() throws IOException {
    Path page = root().resolve("docs/flink.md");
    String text = Files.readString(page);
    assertThat(text).contains(BEGIN, END);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    String written = text.substring(0, begin) + tables() + text.substring(text.indexOf(END));
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(page, written);
    }
    assertThat(page)
        .as(
            "write it anew with: mvn test -pl flink-catalog -am -Dtest=FlinkPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true")
        .hasContent(written);
  }

  private static String tables() {
    SluiceCatalogFactory catalog = new SluiceCatalogFactory();
    List<ConfigOption<?>> ofCatalog =
        Stream.concat(catalog.requiredOptions().stream(), catalog.optionalOptions().stream())
            .toList();
    List<ConfigOption<?>> ofQueries =
        List.copyOf(new SluiceTableFactory(new Endpoint("", Map.of())).optionalOptions());
    return "\nOf a catalog, besides `type` and `lake.<property>`:\n\n"
        + table(ofCatalog)
        + "\nOf queries, in hints or with the table:\n\n"
        + table(ofQueries)
        + "\n";
  }

  private static String table(List<ConfigOption<?>> options) {
    StringBuilder table = new StringBuilder("| option | default | what it does |\n|---|---|---|\n");
    for (ConfigOption<?> option :
        options.stream().sorted(Comparator.comparing(ConfigOption::key)).toList()) {
      String text = new HtmlFormatter().format(option.description());
      assertThat(text).as(option.key()).endsWith(".");
      table.append("| `%s` | %s | %s |\n".formatted(option.key(), defaultOf(option), text));
    }
    return table.toString();
  }

  private static String defaultOf(ConfigOption<?> option) {
    if (!option.hasDefaultValue()) {
      return "";
    }
    Object value = option.defaultValue();
    return "`"
        + (value instanceof Duration duration ? TimeUtils.formatWithHighestUnit(duration) : value)
        + "`";
  }

  /** The module's tests run in its folder, or in the root. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docs/flink.md")) ? here : here.resolve("..").normalize();
  }
}
