package io.sluice.catalog.level;

/**
 * A level says how much a version of Sluice understands of what others write: all that its own
 * level and those below need. It goes up by one with whatever an older version would misread, lose
 * or fail on; what it skips without harm needs none.
 *
 * <ol>
 *   <li>all that versions understand that don't tell their level;
 *   <li>rows that are compressed in the log; buckets that became more, and the level itself;
 *   <li>the options {@code lake.retention} and {@code lake.read-freshness};
 *   <li>tables whose columns have changed;
 *   <li>columns of nested types, and columns with defaults;
 *   <li>transactions;
 *   <li>options of an engine's own;
 *   <li>rows whose columns are stored apart in the log.
 * </ol>
 */
public final class Levels {

  /** That of versions which don't tell theirs. */
  public static final int FIRST = 1;

  /** That of this version. */
  public static final int OWN = 8;

  /** That of compressed rows. */
  public static final int COMPRESSED_ROWS = 2;

  /** That of tables whose buckets became more. */
  public static final int RAISED_BUCKETS = 2;

  /** That of tables with {@code lake.retention} or {@code lake.read-freshness}. */
  public static final int LAKE_OPTIONS = 3;

  /** That of tables that have had more than one schema. */
  public static final int EVOLVED_SCHEMAS = 4;

  /** That of tables that have had a column of a nested type. */
  public static final int NESTED_TYPES = 5;

  /** That of tables that have had a column with a default. */
  public static final int DEFAULTS = 5;

  /** That of gateways that commit transactions, and clean up after those that didn't. */
  public static final int TRANSACTIONS = 6;

  /** That of tables with options of an engine's own. */
  public static final int ENGINE_OPTIONS = 7;

  /** That of tables whose log has had columns apart. */
  public static final int COLUMNS_APART = 8;

  private Levels() {}
}
