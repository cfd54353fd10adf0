package io.sluice.cli;

import io.sluice.catalog.table.DeadLetters;
import io.sluice.catalog.table.TableName;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice ingest}: sends a file's rows, or standard input's, to a table. */
@Command(
    name = "ingest",
    description = "Sends the rows of a CSV, NDJSON or Parquet file to a table.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "A CSV file has a header. A file that ends in .gz is unpacked on the way.",
      "Example: sluice ingest flights.csv.gz demo.flights --null NA"
    })
final class IngestCommand implements Runnable {

  private static final int CHUNK_BYTES = 1 << 20;

  /** What a file holds; by default its name says so. */
  enum FileFormat {
    CSV,
    NDJSON,
    PARQUET
  }

  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Parameters(index = "0", paramLabel = "FILE|-", description = "The file; - is standard input.")
  @SuppressWarnings("NullAway.Init")
  private String file;

  @Parameters(index = "1", paramLabel = "DATABASE.TABLE", converter = TableArgument.Converter.class)
  @SuppressWarnings("NullAway.Init")
  private TableArgument table;

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES} (default: by the name).")
  private @Nullable FileFormat format;

  @Option(
      names = "--null",
      paramLabel = "TOKEN",
      defaultValue = "",
      description = "What stands for NULL in a CSV file, unquoted (default: nothing).")
  private String nullToken = "";

  @Option(
      names = "--batch-rows",
      defaultValue = "10000",
      description = "The most rows sent at once, 1 or more (default: ${DEFAULT-VALUE}).")
  private int batchRows;

  @Option(
      names = "--retry-for",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to try again when the gateway is away (default: ${DEFAULT-VALUE}).")
  private long retrySeconds;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    if (batchRows < 1) {
      throw new CommandException("--batch-rows must be 1 or more: " + batchRows);
    }
    FileFormat chosen = format == null ? byName(file) : format;
    long start = System.nanoTime();
    try {
      Sent sent = chosen == FileFormat.PARQUET ? new Sent(sendParquet(), 0) : sendText(chosen);
      long rows = sent.rows() - sent.deadLetters();
      double seconds = Math.max(1e-3, (System.nanoTime() - start) / 1e9);
      spec.commandLine()
          .getOut()
          .println(
              String.format(
                  Locale.ROOT,
                  "%,d rows are durable in %s: %.1f s, %,.0f rows/s",
                  rows,
                  table,
                  seconds,
                  rows / seconds));
      if (sent.deadLetters() > 0) {
        spec.commandLine()
            .getOut()
            .println(
                String.format(
                    Locale.ROOT,
                    "%,d rows can't be stored there: they are in %s, with the reasons",
                    sent.deadLetters(),
                    DeadLetters.of(new TableName(table.database(), table.table()))));
      }
    } catch (IOException e) {
      throw new CommandException("can't read " + file + ": " + e.getMessage(), e);
    }
  }

  static FileFormat byName(String file) {
    String name = file.toLowerCase(Locale.ROOT).replaceAll("\\.gz$", "");
    if (name.endsWith(".csv")) {
      return FileFormat.CSV;
    }
    if (name.endsWith(".parquet")) {
      return FileFormat.PARQUET;
    }
    if (name.endsWith(".json") || name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
      return FileFormat.NDJSON;
    }
    throw new CommandException(
        "can't tell what " + file + " holds: say --format csv, ndjson or parquet");
  }

  /** What became of a file's rows: all of them, and those that are dead letters. */
  private record Sent(long rows, long deadLetters) {}

  private Sent sendText(FileFormat chosen) throws IOException {
    boolean csv = chosen == FileFormat.CSV;
    String query = csv ? "?null=" + GatewayHttp.encode(nullToken) : "";
    String type = csv ? "text/csv" : "application/x-ndjson";
    RowSender sender =
        new RowSender(gateway.http(), table, query, type, Duration.ofSeconds(retrySeconds));
    TextChunks.Format text = csv ? TextChunks.Format.CSV : TextChunks.Format.NDJSON;
    long rows = 0;
    try (ProgressBar bar = progress();
        TextChunks chunks = new TextChunks(open(bar), text, batchRows, CHUNK_BYTES)) {
      if (file.equals("-")) {
        chunks.live();
      }
      for (TextChunks.Chunk c = chunks.next(); c != null; c = chunks.next()) {
        sender.send(c);
        rows += c.rows();
        if (bar != null) {
          bar.setExtraMessage(String.format(Locale.ROOT, "%,d rows", rows));
        }
      }
    } catch (IOException e) {
      throw new CommandException(
          "can't read " + file + ": " + e.getMessage() + StoredRows.line(rows, 0), e);
    }
    return new Sent(rows, sender.deadLetters());
  }

  private long sendParquet() throws IOException {
    if (file.equals("-")) {
      throw new CommandException("Parquet can't be read from standard input: name a file");
    }
    return ParquetIngest.send(gateway.client(), table, Path.of(file), batchRows);
  }

  /** A bar on a terminal only: elsewhere it would fill a log file. */
  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on it shows a bar in a log file too
  private @Nullable ProgressBar progress() throws IOException {
    if (System.console() == null || file.equals("-")) {
      return null;
    }
    return new ProgressBarBuilder()
        .setTaskName(Path.of(file).getFileName().toString())
        .setInitialMax(Files.size(Path.of(file)))
        .setUnit(" MiB", 1 << 20)
        .showSpeed()
        .build();
  }

  private InputStream open(@Nullable ProgressBar bar) throws IOException {
    if (file.equals("-")) {
      return System.in;
    }
    InputStream raw = Files.newInputStream(Path.of(file));
    InputStream counted = bar == null ? raw : new Counted(raw, bar);
    // Java's own takes whatever it can't read after a file's first member for its end.
    return file.toLowerCase(Locale.ROOT).endsWith(".gz")
        ? GzipCompressorInputStream.builder()
            .setInputStream(new BufferedInputStream(counted, 1 << 16))
            .setDecompressConcatenated(true)
            .setBufferSize(1 << 16)
            .get()
        : new BufferedInputStream(counted);
  }

  /** Moves the bar by the bytes that were read. */
  private static final class Counted extends FilterInputStream {
    private final ProgressBar bar;

    Counted(InputStream in, ProgressBar bar) {
      super(in);
      this.bar = bar;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      bar.stepBy(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int n = super.read(to, offset, length);
      bar.stepBy(Math.max(0, n));
      return n;
    }
  }
}
