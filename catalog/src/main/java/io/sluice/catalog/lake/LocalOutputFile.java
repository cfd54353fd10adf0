package io.sluice.catalog.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/** A local file to be written: under a temporary name first, then synced and given its own. */
final class LocalOutputFile implements OutputFile {

  private static final int BUFFER_BYTES = 64 << 10;

  private final String location;
  private final Path path;

  LocalOutputFile(String location, Path path) {
    this.location = location;
    this.path = path;
  }

  @Override
  public PositionOutputStream create() {
    if (Files.exists(path)) {
      throw new AlreadyExistsException("File already exists: %s", location);
    }
    return open(false);
  }

  @Override
  public PositionOutputStream createOrOverwrite() {
    return open(true);
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public InputFile toInputFile() {
    return new LocalInputFile(location, path);
  }

  @Override
  public String toString() {
    return location;
  }

  private PositionOutputStream open(boolean overwrite) {
    try {
      Path folder = path.toAbsolutePath().getParent();
      if (folder == null) {
        throw new IllegalArgumentException("not a file: " + location);
      }
      createFolders(folder);
      return new LocalOutputStream(path, folder, overwrite);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot create %s", location);
    }
  }

  private static void createFolders(Path folder) throws IOException {
    List<Path> parents = new ArrayList<>();
    Path missing = folder;
    while (missing != null && !Files.isDirectory(missing)) {
      missing = missing.getParent();
      if (missing != null) {
        parents.add(missing);
      }
    }
    Files.createDirectories(folder);
    for (Path parent : parents) {
      sync(parent);
    }
  }

  /** Makes the names in a folder survive a crash. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static final class LocalOutputStream extends PositionOutputStream {

    private final Path target;
    private final Path folder;
    private final boolean overwrite;
    private final Path temporary;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private @Nullable FileChannel channel;
    private long position;

    LocalOutputStream(Path target, Path folder, boolean overwrite) throws IOException {
      this.target = target;
      this.folder = folder;
      this.overwrite = overwrite;
      this.temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
      this.channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      FileChannel open = requireOpen();
      if (length > buffer.remaining()) {
        drain(open);
      }
      if (length > buffer.remaining()) {
        writeAll(open, ByteBuffer.wrap(bytes, start, length));
      } else {
        buffer.put(bytes, start, length);
      }
      position += length;
    }

    @Override
    public void flush() throws IOException {
      drain(requireOpen());
    }

    @Override
    public void close() throws IOException {
      FileChannel open = channel;
      if (open == null) {
        return;
      }
      channel = null;
      try {
        try (open) {
          drain(open);
          open.force(true);
        }
        publish();
        sync(folder);
      } finally {
        Files.deleteIfExists(temporary);
      }
    }

    private void publish() throws IOException {
      if (overwrite) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return;
      }
      try {
        // A link fails if the name is taken; a rename would replace the other's file.
        Files.createLink(target, temporary);
      } catch (FileAlreadyExistsException e) {
        throw new AlreadyExistsException(e, "File already exists: %s", target);
      }
    }

    private void drain(FileChannel open) throws IOException {
      writeAll(open, buffer.flip());
      buffer.clear();
    }

    private static void writeAll(FileChannel open, ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
    }

    private FileChannel requireOpen() throws IOException {
      if (channel == null) {
        throw new IOException("the stream is closed: " + target);
      }
      return channel;
    }
  }
}
