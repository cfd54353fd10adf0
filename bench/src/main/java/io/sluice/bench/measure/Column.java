package io.sluice.bench.measure;

/**
 * A column of the rows that are measured with.
 *
 * @param name its name, of letters, digits and underscores
 * @param kind what its values are
 * @param optional whether a value may be missing
 */
public record Column(String name, Kind kind, boolean optional) {

  /** What the values are, and how {@link RowShape#rows} gives them. */
  public enum Kind {
    /** 64 bits; a {@link Long}. */
    LONG,
    /** Microseconds since 1970, UTC; a {@link Long}. */
    TIMESTAMP,
    /** ASCII; a {@code byte[]}. */
    TEXT,
    /** 32 bits; an {@link Integer}. */
    INT,
    /** 64 bits; a {@link Double}. */
    DOUBLE,
    /** Decimal(9, 2); its hundredths, an {@link Integer}. */
    DECIMAL
  }

  static Column required(String name, Kind kind) {
    return new Column(name, kind, false);
  }

  static Column optional(String name, Kind kind) {
    return new Column(name, kind, true);
  }
}
