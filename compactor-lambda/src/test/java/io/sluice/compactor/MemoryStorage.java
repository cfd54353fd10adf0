package io.sluice.compactor;

import io.sluice.compactor.Seam.Begun;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.Seam.Part;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.inmemory.InMemoryInputFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/** An object store in memory, that remembers who wrote what, and when. Thread-safe. */
final class MemoryStorage {

  /**
   * One object.
   *
   * @param writer the worker that wrote it
   * @param whole whether its writer got to the end of it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stored(byte[] bytes, String writer, Instant at, boolean whole) {}

  private final NavigableMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final InstantSource clock;

  MemoryStorage(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns the objects below a location, by location. */
  NavigableMap<String, Stored> below(String location) {
    return objects.subMap(location + "/", true, location + "0", false);
  }

  boolean holdsWhole(String location) {
    Stored stored = objects.get(location);
    return stored != null && stored.whole();
  }

  /** Deletes an object behind everyone's back. */
  void remove(String location) {
    objects.remove(location);
  }

  /**
   * Returns one worker's way to it.
   *
   * @param failure what calls fail with that are to fail
   */
  FileIO io(Seam seam, Supplier<RuntimeException> failure) {
    return new SeamIO(this, seam, failure);
  }

  /** What kind of file it is, for the names of calls: those of the files are drawn by chance. */
  private static String kind(String location) {
    String name = location.substring(location.lastIndexOf('/') + 1);
    if (name.startsWith("snap-")) {
      return "manifest list";
    }
    return name.endsWith(".avro") ? "manifest" : name.substring(name.lastIndexOf('.') + 1);
  }

  private static final class SeamIO implements FileIO {

    private static final long serialVersionUID = 1L;

    private final transient MemoryStorage storage;
    private final transient Seam seam;
    private final transient Supplier<RuntimeException> failure;

    SeamIO(MemoryStorage storage, Seam seam, Supplier<RuntimeException> failure) {
      this.storage = storage;
      this.seam = seam;
      this.failure = failure;
    }

    @Override
    public InputFile newInputFile(String location) {
      return call("newInputFile", location, () -> new Input(this, location));
    }

    @Override
    public OutputFile newOutputFile(String location) {
      return call("newOutputFile", location, () -> new Output(this, location));
    }

    @Override
    public void deleteFile(String location) {
      var unused =
          call(
              "deleteFile",
              location,
              () -> {
                storage.objects.remove(location);
                return location;
              });
    }

    private <T> T call(String name, String location, Supplier<T> act) {
      return seam.call(Part.STORAGE, name + " " + kind(location), act, fate -> failure.get());
    }

    private InMemoryInputFile stored(String location) {
      Stored found = storage.objects.get(location);
      if (found == null) {
        throw new NotFoundException("404: %s", location);
      }
      return new InMemoryInputFile(location, found.bytes());
    }
  }

  private record Input(SeamIO io, String location) implements InputFile {

    @Override
    public long getLength() {
      return io.call("getLength", location, () -> io.stored(location).getLength());
    }

    @Override
    public SeekableInputStream newStream() {
      return io.call("read", location, () -> io.stored(location).newStream());
    }

    @Override
    public boolean exists() {
      return io.call("exists", location, () -> io.storage.objects.containsKey(location));
    }
  }

  private record Output(SeamIO io, String location) implements OutputFile {

    @Override
    public PositionOutputStream create() {
      if (io.storage.objects.containsKey(location)) {
        throw new AlreadyExistsException("412: %s", location);
      }
      return createOrOverwrite();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return io.call("create", location, () -> new Stream(io, location));
    }

    @Override
    public InputFile toInputFile() {
      return new Input(io, location);
    }
  }

  /**
   * An object being written. All writes of one are one step: whoever dies between two of them has
   * written a part or nothing, which its end is there for.
   */
  private static final class Stream extends PositionOutputStream {

    private final SeamIO io;
    private final String location;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean begun;
    private boolean closed;

    Stream(SeamIO io, String location) {
      this.io = io;
      this.location = location;
    }

    @Override
    public long getPos() {
      return bytes.size();
    }

    @Override
    public void write(int value) {
      begin();
      bytes.write(value);
    }

    @Override
    public void write(byte[] from, int start, int length) {
      begin();
      bytes.write(from, start, length);
    }

    private void begin() {
      if (!begun) {
        begun = true;
        var unused = io.call("write", location, () -> location);
      }
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      Begun begun = io.seam.enter(Part.STORAGE, "close " + kind(location));
      Fate fate = begun.fate();
      if (fate == Fate.FAILS_BEFORE || fate == Fate.REFUSED) {
        throw io.failure.get();
      }
      byte[] all = bytes.toByteArray();
      boolean whole = fate != Fate.DIES_HALFWAY;
      byte[] there = whole ? all : Arrays.copyOf(all, all.length / 2);
      Stored stored = new Stored(there, io.seam.worker(), io.storage.clock.instant(), whole);
      io.storage.objects.put(location, stored);
      io.seam.leave(begun);
      if (fate == Fate.FAILS_AFTER || fate == Fate.DENIED) {
        throw io.failure.get();
      }
    }
  }
}
