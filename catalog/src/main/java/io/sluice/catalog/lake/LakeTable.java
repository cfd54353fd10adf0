package io.sluice.catalog.lake;

import java.util.List;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.io.FileIO;

/**
 * One table's side in the lake, for those who load and append. Methods block, and throw Iceberg's
 * unchecked exceptions when the lake's catalog or storage can't be reached. Thread-safe.
 */
public interface LakeTable {

  /**
   * Loads the table's metadata as it is now.
   *
   * @throws org.apache.iceberg.exceptions.NoSuchTableException if the lake table is gone
   */
  LakeView load();

  /**
   * Appends the files of {@code manifests} in one snapshot that says of itself how far the table
   * then is, and moves the tag {@link LakeView#tag} to it. It is tried once, on exactly the
   * metadata that was checked; a manifest list that was written for nothing stays for orphan
   * removal.
   *
   * @param checked the metadata that the decision to append was made on; used for one append only
   * @param next the lake offsets of all buckets after the append, none below those in force
   * @param manifests of added files only, without snapshot id and sequence number, of specs that
   *     the checked metadata has
   * @return never an exception for a failed commit
   * @throws IllegalArgumentException if {@code next} is of another incarnation or would move an
   *     offset back, or a manifest's spec is unknown
   */
  Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests);

  /**
   * Commits a change of the table's files as one snapshot, in the same way.
   *
   * @param change computed on the checked metadata
   * @return {@link Outcome.Refused} if the change contradicts what the table is by then; never an
   *     exception for a failed commit
   * @throws IllegalArgumentException if {@code next} is of another incarnation or would move an
   *     offset back
   */
  Outcome commit(LakeView checked, Progress next, SnapshotChange change);

  /** Returns how many snapshots {@link #expire} would remove. */
  int expirable(LakeView checked, Expiry expiry);

  /**
   * Removes snapshots, and deletes the files that no other one has. Kept in any case is what a
   * branch or tag points to. It is tried once, on exactly the metadata that was checked; files are
   * deleted only once the commit is certain, and one that can't be is left to orphan removal.
   *
   * @return with the current snapshot, which stays; {@link Outcome.Refused} if offsets in force
   *     would be forgotten, or the table's files may not be deleted
   */
  Outcome expire(LakeView checked, Expiry expiry);

  /** Returns the table's files, as the last load found them. Deleting through it deletes. */
  FileIO io();
}
