package io.sluice.catalog.lake;

/** What became of a commit to the lake. */
public sealed interface Outcome {

  /**
   * The commit is in the table.
   *
   * @param snapshotId the snapshot it made
   */
  record Committed(long snapshotId) implements Outcome {}

  /**
   * The catalog says that the table has moved since it was loaded, so that nothing was committed.
   * Load it again and start over; delete nothing, since a catalog whose client tries again by
   * itself may take its own first attempt for another's.
   *
   * @param why what the catalog said, for the log
   */
  record Moved(String why) implements Outcome {}

  /**
   * Nobody knows whether the commit is in the table or yet will be. Load the table again and look
   * at the offsets in force; delete nothing.
   *
   * @param cause what went wrong
   */
  record Unknown(Throwable cause) implements Outcome {}
}
