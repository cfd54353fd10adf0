package io.sluice.catalog.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files of the local file system, without Hadoop. Locations are {@code file:/a}, {@code file:///a}
 * or {@code /a}, taken literally.
 *
 * <p>A file is there, whole and synced to the disk with its name, once its output stream is closed,
 * and not before: readers never see half a file, and a crash leaves at most a hidden temporary one.
 */
public final class LocalFileIO implements FileIO, SupportsPrefixOperations {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // Map.copyOf returns a serializable one
  private Map<String, String> properties = Map.of();

  /** Creates one; Iceberg makes it by its class name. */
  public LocalFileIO() {}

  @Override
  public void initialize(Map<String, String> given) {
    properties = Map.copyOf(given);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocalInputFile(location, path(location));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new LocalOutputFile(location, path(location));
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.deleteIfExists(path(location));
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot delete %s", location);
    }
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    Path start = path(prefix);
    String scheme = prefix.substring(0, prefix.length() - plain(prefix).length());
    Path folder = Files.isDirectory(start) ? start : start.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().startsWith(start.toString()))
          .flatMap(file -> info(scheme, file))
          .toList();
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot list %s", prefix);
    }
  }

  @Override
  public void deletePrefix(String prefix) {
    listPrefix(prefix).forEach(file -> deleteFile(file.location()));
  }

  static Path path(String location) {
    String plain = plain(location);
    if (!plain.startsWith("/")) {
      throw new IllegalArgumentException(
          "not a local file: '" + location + "'; LocalFileIO takes file:/ locations");
    }
    return Path.of(plain);
  }

  private static String plain(String location) {
    if (location.startsWith("file:///")) {
      return location.substring("file://".length());
    }
    return location.startsWith("file:/") ? location.substring("file:".length()) : location;
  }

  private static Stream<FileInfo> info(String scheme, Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? Stream.of(
              new FileInfo(
                  scheme + file, attributes.size(), attributes.lastModifiedTime().toMillis()))
          : Stream.empty();
    } catch (NoSuchFileException e) {
      // Deleted since it was listed.
      return Stream.empty();
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot read the size of %s", file);
    }
  }
}
