package io.sluice.catalog.lake;

import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FileIO for commits that deletes nothing. Iceberg cleans up after what it takes for a failure; a
 * commit that was applied although its answer said otherwise would lose its files. What is really
 * unused is found by orphan removal.
 */
class KeepingFileIO implements FileIO {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(KeepingFileIO.class);

  /** The files themselves, deleting included. */
  final FileIO io;

  KeepingFileIO(FileIO io) {
    this.io = io;
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
    LOG.info("Kept {}, which Iceberg would have deleted during a commit", location);
  }

  @Override
  public Map<String, String> properties() {
    return io.properties();
  }
}
