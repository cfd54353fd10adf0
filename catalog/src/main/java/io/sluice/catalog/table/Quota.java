package io.sluice.catalog.table;

/**
 * How fast a table takes rows at each gateway; 0 for as fast as they come.
 *
 * @param bytesPerSecond bytes of rows as they are in the log
 * @param rowsPerSecond rows
 */
public record Quota(long bytesPerSecond, long rowsPerSecond) {

  public Quota {
    if (bytesPerSecond < 0 || rowsPerSecond < 0) {
      throw new IllegalArgumentException(
          "a quota must be >= 0: %d bytes, %d rows".formatted(bytesPerSecond, rowsPerSecond));
    }
  }

  /** Returns whether rows are taken as fast as they come. */
  public boolean isNone() {
    return bytesPerSecond == 0 && rowsPerSecond == 0;
  }
}
