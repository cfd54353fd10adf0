package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sluice token create} prints, and what it keeps. */
class TokenCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int create(String... more) {
    List<String> arguments = List.of("token", "create", "--name", "loader");
    return Sluice.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(Stream.concat(arguments.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void aSecretIsPrintedOnceAndItsHashIsKept(@TempDir Path folder) throws Exception {
    String file = folder.resolve("tokens").toString();
    assertThat(create("--file", file, "--scope", "demo:read,write")).isZero();
    String secret = out.toString().trim();
    assertThat(secret).matches("sluice_[A-Za-z0-9_-]{43}");
    assertThat(Files.readString(Path.of(file)))
        .matches("loader = sha256:[0-9a-f]{64} demo:read,write\\n")
        .doesNotContain(secret);
    assertThat(create("--file", file, "--scope", "demo:fly")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no scope 'fly'");
    assertThat(Files.readAllLines(Path.of(file))).hasSize(1);
  }

  @Test
  void withoutAFileTheLineIsPrinted() {
    assertThat(create("--scope", "*:admin", "--expires-in", "90d")).isZero();
    assertThat(out.toString())
        .containsPattern("secret {2}sluice_")
        .containsPattern("line {4}loader = sha256:[0-9a-f]{64} \\*:admin expires=20");
  }
}
