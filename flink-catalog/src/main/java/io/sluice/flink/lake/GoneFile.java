package io.sluice.flink.lake;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** A lake file that isn't there any more: each file system, and each way to read, says it anew. */
final class GoneFile {

  /** Returns whether a failed read was because its file isn't there. */
  static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotFoundException
          || cause instanceof FileNotFoundException
          || cause instanceof NoSuchFileException
          || cause instanceof NoSuchKeyException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns what to tell who reads one snapshot, which needs that file.
   *
   * @param file where it was; null if that isn't known
   */
  static IOException failure(String table, @Nullable String file, Throwable cause) {
    return new IOException(
        "lake file "
            + (file == null ? "" : file + " ")
            + "of table "
            + table
            + " is gone: its snapshot expired while the query read it, or another engine removed"
            + " the file. Run the query again; if it takes longer than the table's"
            + " 'lake.snapshot-retention', raise that: "
            + cause.getMessage(),
        cause);
  }

  private GoneFile() {}
}
