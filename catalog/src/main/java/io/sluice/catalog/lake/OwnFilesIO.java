package io.sluice.catalog.lake;

import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FileIO for purges that deletes what lies below a table's location, and keeps the rest: a table
 * may well name files of another one, which an engine has added to it.
 */
final class OwnFilesIO implements FileIO {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OwnFilesIO.class);

  private final FileIO io;
  private final String folder;

  OwnFilesIO(FileIO io, String tableLocation) {
    this.io = io;
    this.folder = LakePaths.normal(tableLocation) + "/";
  }

  @Override
  public InputFile newInputFile(String location) {
    return io.newInputFile(location);
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return io.newInputFile(location, length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return io.newOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    String path = LakePaths.normal(location);
    if (path.startsWith(folder) && !LakePaths.isOurs(path.substring(folder.length() - 1))) {
      io.deleteFile(location);
    } else {
      LOG.info("Kept {}, which is not below the location of the table that is purged", location);
    }
  }

  @Override
  public Map<String, String> properties() {
    return io.properties();
  }
}
