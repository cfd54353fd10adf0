package io.sluice.flink.lake;

/**
 * How many lake files are open between one chunk of rows and the next, which memory bounds: each
 * has a row group in it. All that is read through one catalog shares it. For one thread.
 */
final class HeldFiles {

  /** Fewer than the connections that a client of an object store has. */
  static final int MOST_FILES = 32;

  static final long MOST_BYTES = 128L << 20;

  private int files;
  private long bytes;

  /**
   * @param files how many may be open, at least 0
   * @param bytes how much memory they may take, about
   */
  HeldFiles(int files, long bytes) {
    this.files = files;
    this.bytes = bytes;
  }

  /** Returns whether a file that takes so many bytes may be open too. */
  boolean take(long taken) {
    if (files == 0 || taken > bytes) {
      return false;
    }
    files--;
    bytes -= taken;
    return true;
  }

  /** Gives back what was taken. */
  void give(long taken) {
    files++;
    bytes += taken;
  }
}
