package io.sluice.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tokens file says, and what becomes of it when it changes. */
class TokenFileTest {

  private static final String SECRET = "sluice_one";
  private static final String LINE =
      new Token(
              "loader", Secrets.hash(SECRET), Grants.parse(List.of("demo:read")), Optional.empty())
          .line();

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("tokens");
  }

  @Test
  void aLineIsReadAsItWasWritten() {
    Token token =
        new Token(
            "loader",
            Secrets.hash(SECRET),
            Grants.parse(List.of("demo:write,read", "*:read")),
            Optional.of(Instant.parse("2030-01-02T03:04:05Z")));
    assertThat(token.line()).endsWith(" *:read demo:read,write expires=2030-01-02T03:04:05Z");
    assertThat(Token.parse(token.line())).isEqualTo(token);
  }

  @Test
  void secretsAreFoundByTheirHashes() throws Exception {
    Files.writeString(file, "# who loads\n\n" + LINE + "\n");
    TokenFile tokens = TokenFile.open(file);
    assertThat(tokens.find(SECRET)).isNotNull();
    assertThat(tokens.find("sluice_two")).isNull();
    assertThat(tokens.find("")).isNull();
    assertThat(tokens.find(Secrets.hash(SECRET))).as("the hash is no secret").isNull();
  }

  @Test
  void drawnSecretsDiffer() {
    assertThat(Secrets.draw()).matches("sluice_[A-Za-z0-9_-]{43}").isNotEqualTo(Secrets.draw());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loader",
        "loader = topsecret demo:read",
        "loader = sha256:topsecret demo:read",
        "lo ader = sha256:HASH demo:read",
        "loader = sha256:HASH",
        "loader = sha256:HASH demo",
        "loader = sha256:HASH demo:",
        "loader = sha256:HASH demo:read,fly",
        "loader = sha256:HASH de.mo:read",
        "loader = sha256:HASH demo:read expires=tomorrow",
        "loader = sha256:HASH demo:read\nother = sha256:HASH demo:read",
      })
  void mistakesAreToldByLineAndWithoutSecrets(String text) throws Exception {
    Files.writeString(file, text.replace("HASH", Secrets.hash(SECRET)));
    assertThatThrownBy(() -> TokenFile.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)line [12] of the tokens in .*")
        .hasMessageNotContaining("topsecret");
  }

  @Test
  void aChangeIsSeenAndAMistakeChangesNothing() throws Exception {
    Files.writeString(file, LINE);
    TokenFile tokens = TokenFile.open(file);
    assertThat(tokens.refresh()).isFalse();

    Files.writeString(file, LINE + "\nother = rubbish");
    assertThat(tokens.refresh()).isFalse();
    assertThat(tokens.find(SECRET)).isNotNull();

    Files.delete(file);
    assertThat(tokens.refresh()).isFalse();
    assertThat(tokens.find(SECRET)).isNotNull();

    Files.writeString(file, LINE.replace(Secrets.hash(SECRET), Secrets.hash("sluice_two")));
    assertThat(tokens.refresh()).isTrue();
    assertThat(tokens.find(SECRET)).isNull();
    assertThat(tokens.find("sluice_two")).isNotNull();
  }
}
