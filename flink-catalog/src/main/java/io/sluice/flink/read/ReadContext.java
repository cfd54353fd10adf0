package io.sluice.flink.read;

import io.sluice.client.BucketReader;
import io.sluice.client.BucketWatermark;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** What the splits of one reader share: the connections to gateway and lake, opened when needed. */
final class ReadContext implements AutoCloseable {

  private static final long PREFETCH_BYTES = 32 << 20;
  private static final long MIN_PREFETCH_BYTES = 1 << 20;

  private final ScanSpec spec;
  private final Runnable rowsReady;
  private int openSplits = 1;
  private boolean closed;
  private @Nullable SluiceClient client;
  private @Nullable TableDescription table;
  private @Nullable LogColumns logColumns;
  private @Nullable LakeCatalog lake;

  /**
   * @param rowsReady called, on any thread, when a reader of the log has rows
   */
  ReadContext(ScanSpec spec, Runnable rowsReady) {
    this.spec = spec;
    this.rowsReady = rowsReady;
  }

  ScanSpec spec() {
    return spec;
  }

  TableDescription table() throws IOException {
    if (table == null) {
      try {
        TableDescription found = client().describe(spec.name());
        TableDescription described = spec.described(found);
        PlannedColumns.check(spec, described);
        logColumns = LogColumns.of(spec, described.rowSchema(), found.rowSchema());
        table = described;
      } catch (SluiceException e) {
        throw new IOException("table " + spec.name() + " can't be read: " + e.getMessage(), e);
      }
    }
    return table;
  }

  LakeCatalog lake() throws IOException {
    if (lake == null) {
      lake = LakeCatalog.open(spec.endpoint(), table());
    }
    return lake;
  }

  /** Returns the version of the lake that files are of. */
  LakeCatalog.View version() throws IOException {
    return spec.version(lake().load());
  }

  /** Returns how the log names columns. */
  LogColumns log() throws IOException {
    var unused = table();
    return Objects.requireNonNull(logColumns);
  }

  /** Returns what to ask the log for: a small column if only system columns are wanted. */
  List<String> logColumns() throws IOException {
    List<String> wanted = log().names();
    if (!wanted.isEmpty()) {
      return wanted;
    }
    List<NestedField> columns = log().columns();
    return List.of(
        columns.stream()
            .filter(column -> column.type().typeId() == Type.TypeID.BOOLEAN)
            .findFirst()
            .or(() -> columns.stream().filter(c -> isFixedWidth(c.type())).findFirst())
            .orElse(columns.get(0))
            .name());
  }

  private static boolean isFixedWidth(Type type) {
    return switch (type.typeId()) {
      case STRING, BINARY, FIXED, UUID -> false;
      default -> type.isPrimitiveType();
    };
  }

  BucketReader openLog(ReadSpec read) throws SluiceException {
    BucketReader reader = client().read(read);
    reader.whenReady(rowsReady);
    return reader;
  }

  /** Returns what the log has now. May be called by another thread. */
  List<BucketWatermark> watermarks() throws SluiceException {
    return client().watermarks(spec.name());
  }

  /** Says how many splits share the bytes read ahead. */
  void openSplits(int count) {
    openSplits = Math.max(1, count);
  }

  long prefetchBytes() {
    return Math.max(MIN_PREFETCH_BYTES, PREFETCH_BYTES / openSplits);
  }

  private synchronized SluiceClient client() {
    if (closed) {
      throw new IllegalStateException("the reader is closed");
    }
    if (client == null) {
      client = spec.endpoint().connect();
    }
    return client;
  }

  @Override
  public void close() throws IOException {
    try {
      if (lake != null) {
        lake.close();
      }
    } finally {
      synchronized (this) {
        closed = true;
        if (client != null) {
          client.close();
        }
      }
    }
  }
}
