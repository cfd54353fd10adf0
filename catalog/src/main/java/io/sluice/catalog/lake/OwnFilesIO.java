package io.sluice.catalog.lake;

import org.apache.iceberg.io.FileIO;

/**
 * A FileIO for purges that deletes what lies below a table's location, and keeps the rest: a table
 * may well name files of another one, which an engine has added to it.
 */
final class OwnFilesIO extends KeepingFileIO {

  private static final long serialVersionUID = 1L;

  private final String folder;

  OwnFilesIO(FileIO io, String tableLocation) {
    super(io);
    this.folder = LakePaths.normal(tableLocation) + "/";
  }

  @Override
  public void deleteFile(String location) {
    String path = LakePaths.normal(location);
    if (path.startsWith(folder) && !LakePaths.isOurs(path.substring(folder.length() - 1))) {
      io.deleteFile(location);
    } else {
      super.deleteFile(location);
    }
  }
}
