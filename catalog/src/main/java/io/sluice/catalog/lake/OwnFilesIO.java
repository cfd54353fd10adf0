package io.sluice.catalog.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FileIO for purges and expiry that deletes what lies below a table's location, and keeps the
 * rest: a table may well name files of another one, which an engine has added to it.
 */
final class OwnFilesIO extends KeepingFileIO implements SupportsBulkOperations {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OwnFilesIO.class);

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
    for (String location : locations) {
      if (isOwn(location)) {
        own.add(location);
      } else {
        super.deleteFile(location);
      }
    }
    if (io instanceof SupportsBulkOperations bulk) {
      bulk.deleteFiles(own);
    } else {
      deleteEach(own);
    }
  }

  private void deleteEach(List<String> locations) {
    int failures = 0;
    for (String location : locations) {
      try {
        io.deleteFile(location);
      } catch (RuntimeException e) {
        LOG.warn("Cannot delete {}", location, e);
        failures++;
      }
    }
    if (failures > 0) {
      throw new BulkDeletionFailureException(failures);
    }
  }
}
