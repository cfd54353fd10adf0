package io.sluice.gateway.csv;

import java.util.Set;

/**
 * How a CSV body is written.
 *
 * @param delimiter what stands between fields; not a quote and not a line break
 * @param nullTokens unquoted fields with one of these texts are null; a quoted field never is
 */
public record CsvFormat(char delimiter, Set<String> nullTokens) {

  /** Commas, and an empty unquoted field is null. */
  public static final CsvFormat DEFAULT = new CsvFormat(',', Set.of(""));

  public CsvFormat {
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
      throw new IllegalArgumentException(
          "delimiter must be one character, not a quote and not a line break");
    }
    nullTokens = Set.copyOf(nullTokens);
  }
}
