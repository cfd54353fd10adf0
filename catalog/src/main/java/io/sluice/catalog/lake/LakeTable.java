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

  /** Returns the table's files, as the last load found them. Deleting through it deletes. */
  FileIO io();
}
