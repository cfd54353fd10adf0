package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandLineTest {

  private final StringWriter err = new StringWriter();

  @Test
  void columnsAreParsed() {
    assertThat(TableCommand.Column.parse("id long not null"))
        .isEqualTo(new TableCommand.Column("id", "long", true));
    assertThat(TableCommand.Column.parse("price decimal(10, 2)"))
        .isEqualTo(new TableCommand.Column("price", "decimal(10, 2)", false));
    assertThat(TableCommand.Column.parse("\"two words\" string NOT NULL"))
        .isEqualTo(new TableCommand.Column("two words", "string", true));
    assertThatThrownBy(() -> TableCommand.Column.parse("id"))
        .hasMessageContaining("write 'NAME TYPE'");
  }

  @Test
  void tableWithoutDatabaseIsRefusedWithAnExample() {
    assertThat(run("tail", "flights")).isEqualTo(2);
    assertThat(err.toString()).contains("write DATABASE.TABLE");
  }

  @Test
  void unreachableGatewaySaysHowToStartOne() {
    assertThat(run("status", "--endpoint", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString())
        .contains("can't reach the gateway at 127.0.0.1:1")
        .contains("sluice standalone");
  }

  @Test
  void fileOfUnknownKindAsksForTheFormat() {
    assertThat(run("ingest", "rows.dat", "db.t")).isEqualTo(1);
    assertThat(err.toString()).contains("say --format");
  }

  @Test
  void listeningBeyondLoopbackNeedsInsecure() {
    assertThat(run("standalone", "--host", "0.0.0.0")).isEqualTo(1);
    assertThat(err.toString()).contains("--insecure");
  }

  private int run(String... args) {
    CommandLine line = Sluice.commandLine();
    line.setErr(new PrintWriter(err, true));
    line.setOut(new PrintWriter(new StringWriter(), true));
    return line.execute(args);
  }
}
