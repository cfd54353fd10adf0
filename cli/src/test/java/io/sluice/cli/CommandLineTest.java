package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    assertThat(TableCommand.Column.parse("stops list<struct<`a b`: int not null>> Not Null"))
        .isEqualTo(new TableCommand.Column("stops", "list<struct<`a b`: int not null>>", true));
    assertThat(TableCommand.Column.parse("m map<long, date not null>"))
        .isEqualTo(new TableCommand.Column("m", "map<long, date not null>", false));
    assertThatThrownBy(() -> TableCommand.Column.parse("id"))
        .hasMessageContaining("write 'NAME TYPE'");
  }

  @Test
  void alteredOptionsAreSetAndResetByNull() {
    assertThat(TableAlter.changes(Map.of("bucket.count", "8"), List.of("log.retention")).toString())
        .isEqualTo("{\"options\":{\"bucket.count\":\"8\",\"log.retention\":null}}");
    assertThatThrownBy(() -> TableAlter.changes(Map.of("a", "1"), List.of("a")))
        .hasMessageContaining("both set and reset");
    assertThat(run("table", "alter", "db.t", "-o", "bucket.count=8", "--endpoint", "127.0.0.1:1"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("can't reach the gateway");
  }

  @Test
  void alterSaysWhatItCannotTakeBeforeItAsks() {
    refusesAlter("nothing is to be altered");
    refusesAlter("one after the other", "-o", "a=1", "--drop", "x");
    refusesAlter("can't be added as not null", "--add", "x int not null");
    refusesAlter("--columns is no JSON", "--columns", "{");
    refusesAlter("must be a JSON array", "--columns", "{}");
  }

  private void refusesAlter(String message, String... arguments) {
    List<String> all = new ArrayList<>(List.of("table", "alter", "db.t"));
    all.addAll(List.of(arguments));
    assertThat(run(all.toArray(String[]::new))).isEqualTo(1);
    assertThat(err.toString()).contains(message);
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
    assertThat(err.toString()).contains("--insecure").contains("gateway.auth.tokens");
    assertThat(run("standalone", "--set", "gateway.host=0.0.0.0")).isEqualTo(1);
    assertThat(run("standalone", "--host", "0.0.0.0", "--set", "gateway.auth.tokens=tokens"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("in clear text").contains("gateway.tls.certificate");
    assertThat(run("bookie", "--zookeeper", "127.0.0.1:1", "--host", "0.0.0.0")).isEqualTo(1);
    assertThat(err.toString()).contains("could read and write everything: add --insecure");
  }

  @Test
  void aStandaloneListensWhereItsFileSays(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("s.properties"), "gateway.host = localhost\ngateway.port = 1234\n");
    StandaloneCommand command = new StandaloneCommand();
    new CommandLine(command).parseArgs("--config", file.toString());
    assertThat(command.config().gateway().host()).isEqualTo("localhost");
    assertThat(command.config().gateway().port()).isEqualTo(1234);
  }

  @Test
  void partsOfAClusterMustKnowWhichOne() {
    assertThat(run("gateway", "--warehouse", "lake")).isEqualTo(1);
    assertThat(err.toString()).contains("--zookeeper HOST:PORT");
    assertThat(run("bookie", "list")).isEqualTo(1);
  }

  @Test
  void oneAcknowledgedCopyOfSeveralIsRefused() {
    String[] gateway = {"gateway", "--warehouse", "lake", "--zookeeper", "127.0.0.1:1"};
    assertThat(run(with(gateway, "--replication", "3/3/1"))).isEqualTo(1);
    assertThat(err.toString()).contains("an ack quorum of 1 of 3 bookies");
    assertThat(run(with(gateway, "--set", "gateway.log.replication.ack-quorum=1"))).isEqualTo(1);
  }

  @Test
  void replicationIsWrittenAsThreeNumbers() {
    String[] gateway = {"gateway", "--warehouse", "lake", "--replication"};
    assertThat(run(with(gateway, "3"))).isEqualTo(2);
    assertThat(err.toString()).contains("'3' is not of the form 3/3/2");
    assertThat(run(with(gateway, "2/3/2"))).isEqualTo(2);
    assertThat(err.toString()).contains("ackQuorum <= writeQuorum <= ensemble");
  }

  @Test
  void unknownSettingsOfAPartAreNamed() {
    assertThat(run("zookeeper", "--set", "zookeeper.sesion-timeout=5s")).isEqualTo(1);
    assertThat(err.toString()).contains("unknown settings: zookeeper.sesion-timeout");
  }

  @Test
  void aRebuildMustKnowWhichMetadataAndWhichLake() {
    assertThat(run("catalog", "rebuild", "--zookeeper", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("say where the lake is: --warehouse URI");
    assertThat(run("catalog", "rebuild", "--warehouse", "lake")).isEqualTo(1);
    assertThat(err.toString()).contains("--zookeeper HOST:PORT");
    assertThat(run("catalog", "rebuild", "--data", "d", "--zookeeper", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("say either --data or --zookeeper");
    assertThat(run("catalog", "rebuild", "--data", "d", "--all", "--table", "db.t")).isEqualTo(1);
    assertThat(err.toString()).contains("say one of --all, --table and --metadata");
  }

  @Test
  void aClusterOfNoBookiesIsRefused() {
    assertThat(run("cluster", "--bookies", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("--bookies must be 1 to 16: 0");
  }

  private static String[] with(String[] args, String... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }

  private int run(String... args) {
    CommandLine line = Sluice.commandLine();
    line.setErr(new PrintWriter(err, true));
    line.setOut(new PrintWriter(new StringWriter(), true));
    return line.execute(args);
  }
}
