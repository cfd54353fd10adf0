package io.sluice.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a standalone, a cluster or one of its parts, held by at most one process at a time.
 * The lock is the operating system's, so that it is gone with the process that held it, however
 * that ended.
 */
public final class DataFolder implements AutoCloseable {

  /** Raised when an older Sluice could no longer read what a newer one writes. */
  private static final String FORMAT = "1";

  private static final String FORMAT_FILE = "format-version";
  private static final String LOCK_FILE = "lock";

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes or opens a folder and locks it.
   *
   * @throws CommandException if it holds something else, is of another format, or is in use
   */
  public static DataFolder open(Path path) throws IOException {
    Path format = path.resolve(FORMAT_FILE);
    if (!Files.exists(format) && Files.exists(path) && !isEmpty(path)) {
      throw new CommandException(
          path + " is not empty and was not made by Sluice: name another with --data FOLDER");
    }
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel)) {
      channel.close();
      throw new CommandException(
          path + " is in use by another Sluice process: stop it, or name another with --data");
    }
    if (!Files.exists(format)) {
      Files.writeString(format, FORMAT);
    }
    String found = Files.readString(format).strip();
    if (!found.equals(FORMAT)) {
      channel.close();
      throw new CommandException(
          path + " has format " + found + ", this Sluice reads " + FORMAT + ": use a newer one");
    }
    return new DataFolder(path, channel);
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    }
  }

  /** Deletes a folder of ours with all that is in it; one that isn't there is fine. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    open(folder).close(); // refuses what isn't ours, or is in use
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  /** Returns where it is. */
  public Path path() {
    return path;
  }

  /** Lets another process have it. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
