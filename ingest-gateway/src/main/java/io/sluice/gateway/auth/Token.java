package io.sluice.gateway.auth;

import io.sluice.catalog.table.TableName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token as the tokens file has it: {@code loader = sha256:9f86… demo:read,write
 * expires=2027-01-01T00:00:00Z}.
 *
 * @param name whose it is
 * @param hash the secret's, see {@link Secrets#hash}
 * @param grants what it may
 * @param expires when it ends; empty if it doesn't
 */
public record Token(String name, String hash, Grants grants, Optional<Instant> expires) {

  private static final String HASH = "sha256:";
  private static final String EXPIRES = "expires=";
  private static final Pattern HASH_FORM = Pattern.compile("[0-9a-f]{64}");

  public Token {
    TableName.checkName("token", name);
    if (!HASH_FORM.matcher(hash).matches()) {
      // Not shown: it may be a secret that was put there by mistake.
      throw new IllegalArgumentException(
          "a token needs sha256: and 64 hexadecimal digits in lower case, as `sluice token create`"
              + " prints them; the secret itself doesn't belong there");
    }
  }

  /**
   * Reads a line of the file.
   *
   * @throws IllegalArgumentException if it isn't one; the message has nothing of a secret
   */
  static Token parse(String line) {
    int equals = line.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("a token is 'name = sha256:... database:scope,...'");
    }
    String name = line.substring(0, equals).trim();
    List<String> words =
        new ArrayList<>(Arrays.asList(line.substring(equals + 1).trim().split("\\s+")));
    String first = words.remove(0);
    String hash = first.startsWith(HASH) ? first.substring(HASH.length()) : "";
    Optional<Instant> expires = Optional.empty();
    if (!words.isEmpty() && words.get(words.size() - 1).startsWith(EXPIRES)) {
      expires = Optional.of(instant(words.remove(words.size() - 1).substring(EXPIRES.length())));
    }
    return new Token(name, hash, Grants.parse(words), expires);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'expires' must be a time in UTC like 2027-01-01T00:00:00Z: '" + text + "'", e);
    }
  }

  /** Returns the line of the file that {@link #parse} reads. */
  public String line() {
    return name
        + " = "
        + HASH
        + hash
        + " "
        + grants
        + expires.map(time -> " " + EXPIRES + time).orElse("");
  }
}
