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
import java.util.Set;
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
  private static final Set<String> OWN =
      Set.of(LOCK_FILE, FORMAT_FILE, FORMAT_FILE + WholeFile.UNFINISHED);

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
    if (Files.exists(path) && !Files.exists(path.resolve(LOCK_FILE))) {
      requireOurs(path);
    }
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!lock(channel)) {
        throw new CommandException(
            path + " is in use by another Sluice process: stop it, or name another with --data");
      }
      requireOurs(path);
      requireFormat(path);
      return new DataFolder(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A start that was cut off leaves no more than its lock, and a format that it hadn't written. */
  private static void requireOurs(Path path) throws IOException {
    Path format = path.resolve(FORMAT_FILE);
    boolean begun = Files.exists(format) && !Files.readString(format).isBlank();
    if (!begun && !isEmpty(path)) {
      throw new CommandException(
          path + " is not empty and was not made by Sluice: name another with --data FOLDER");
    }
  }

  private static void requireFormat(Path path) throws IOException {
    Path format = path.resolve(FORMAT_FILE);
    if (!Files.exists(format) || Files.readString(format).isBlank()) {
      WholeFile.write(format, FORMAT);
    }
    String found = Files.readString(format).strip();
    if (!found.equals(FORMAT)) {
      throw new CommandException(
          path + " has format " + found + ", this Sluice reads " + FORMAT + ": use a newer one");
    }
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
      return children.allMatch(child -> OWN.contains(String.valueOf(child.getFileName())));
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
