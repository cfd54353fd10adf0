package io.sluice.catalog.lake;

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

  /** What its options' names begin with. */
  public static final String OPTION_PREFIX = "sluice.option.";

  /** The table's comment, by Iceberg's own name for it. */
  public static final String COMMENT = "comment";

  private LakeProperties() {}
}
