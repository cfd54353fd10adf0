package io.sluice.catalog.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsBulkOperations;

/**
 * A FileIO for purges and expiry that deletes what lies below a table's location, and keeps the
 * rest: a table may well name files of another one, which an engine has added to it.
 */
final class OwnFilesIO extends KeepingFileIO implements SupportsBulkOperations {

  private static final long serialVersionUID = 1L;

  private final String folder;

  OwnFilesIO(FileIO io, String tableLocation) {
    super(io);
    this.folder = LakePaths.normal(tableLocation) + "/";
  }

  private boolean isOwn(String location) {
    String path = LakePaths.normal(location);
    return path.startsWith(folder) && !LakePaths.isOurs(path.substring(folder.length() - 1));
  }

  @Override
  public void deleteFile(String location) {
    if (isOwn(location)) {
      io.deleteFile(location);
    } else {
      super.deleteFile(location);
    }
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    List<String> own = new ArrayList<>();
    int failures = 0;
    for (String location : locations) {
      try {
        if (!(io instanceof SupportsBulkOperations) || !isOwn(location)) {
          deleteFile(location);
        } else {
          own.add(location);
        }
      } catch (RuntimeException e) {
        failures++;
      }
    }
    if (!own.isEmpty() && io instanceof SupportsBulkOperations bulk) {
      bulk.deleteFiles(own);
    }
    if (failures > 0) {
      throw new BulkDeletionFailureException(failures);
    }
  }
}
