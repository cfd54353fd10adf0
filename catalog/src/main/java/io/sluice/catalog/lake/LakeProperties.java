package io.sluice.catalog.lake;

import java.util.Map;

/** Properties by which a lake table says which Sluice table it belongs to. */
public final class LakeProperties {

  /** What all names of Sluice's own properties begin with. */
  static final String PREFIX = "sluice.";

  /** The table's immutable id. */
  public static final String TABLE_ID = "sluice.table-id";

  /** The incarnation of its log. */
  public static final String INCARNATION = "sluice.incarnation";

  /** When the table was made, as {@code Instant.toString}. */
  public static final String CREATED_AT = "sluice.created-at";

  /** When it was dropped, as {@code Instant.toString}; its files may be there still. */
  public static final String DROPPED_AT = "sluice.dropped-at";

  /** What its options' names begin with. */
  public static final String OPTION_PREFIX = "sluice.option.";

  /** The table's comment, by Iceberg's own name for it. */
  public static final String COMMENT = "comment";

  /**
   * Whether numbers may be written as differences (DELTA_BINARY_PACKED), {@code true} unless set to
   * {@code false}: for readers that don't know how.
   */
  public static final String DELTA_ENCODING = "sluice.parquet.delta-encoding";

  /** Tells whether a lake table's properties let numbers be written as differences. */
  public static boolean isDeltaPacked(Map<String, String> properties) {
    return !"false".equalsIgnoreCase(properties.get(DELTA_ENCODING));
  }

  private LakeProperties() {}
}
