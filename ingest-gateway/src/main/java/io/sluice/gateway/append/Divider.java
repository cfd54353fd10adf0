package io.sluice.gateway.append;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions;
import io.sluice.gateway.append.Division.Part;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.RowTooLargeException;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Picks the buckets of a batch's rows, and makes their frames. Thread-safe; never blocks. */
final class Divider {

  /**
   * How much longer than its writers are remembered a former number of buckets counts: for clocks
   * that differ, and for gateways that hear of a raise later.
   */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private final FrameEncoder encoder;

  Divider(int maxEntryBytes) {
    this.encoder = new FrameEncoder(maxEntryBytes);
  }

  /** Returns how many bytes the values of a row may take, so that it isn't too large. */
  long mostValueBytes(Table table) {
    return encoder.mostValueBytes(table.arrowSchema());
  }

  /**
   * Divides a batch in each way in which a first attempt may have been, the one by today's number
   * of buckets last.
   *
   * @param once whether it is the writer's only batch, and always sent without a bucket
   * @throws GateException if the request around the rows is wrong
   */
  List<Division> divide(
      Table table,
      VectorSchemaRoot rows,
      @Nullable WriterSequence writer,
      OptionalInt bucket,
      boolean once)
      throws GateException {
    if (bucket.isPresent()) {
      requireBucket(table, bucket.getAsInt());
      if (!table.bucketKey().isEmpty()) {
        Split.of(table, rows).requireAllIn(table, bucket.getAsInt());
      }
      return one(bucket.getAsInt(), table, rows, writer);
    }
    boolean keyed = !table.bucketKey().isEmpty();
    if (keyed && writer != null && writer.sequence() > 0) {
      throw new GateException(
          Code.BAD_REQUEST,
          "table %s has bucket.key %s: a writer of several batches (this is %s) must split them by bucket, name the bucket, and count the sequence per bucket"
              .formatted(table.name(), table.bucketKey(), writer));
    }
    if (writer == null || (!keyed && !once)) {
      return keyed
          ? List.of(byKey(table, rows, null, table.bucketCount()))
          : one(pick(table, writer), table, rows, writer);
    }
    List<Division> divisions = new ArrayList<>();
    try {
      for (int buckets : counts(table, Instant.now())) {
        WriterSequence name = named(table, writer, buckets);
        divisions.add(
            keyed ? byKey(table, rows, name, buckets) : byName(table, rows, writer, name, buckets));
      }
    } catch (GateException | RuntimeException e) {
      divisions.forEach(Division::release);
      throw e;
    }
    return divisions;
  }

  /**
   * Returns the bucket for a stream of batches without a key that don't name one.
   *
   * @param writer the writer's id hashes to its bucket, the same for ever: so only those buckets
   *     are used that the table was made with
   */
  static int pick(Table table, @Nullable WriterSequence writer) {
    return writer == null
        ? ThreadLocalRandom.current().nextInt(table.bucketCount())
        : Math.floorMod(writer.writerId().hashCode(), table.firstBucketCount());
  }

  static void requireBucket(Table table, int bucket) throws GateException {
    if (bucket < 0 || bucket >= table.bucketCount()) {
      throw new GateException(
          Code.BAD_REQUEST,
          "table %s has buckets 0 to %d, not %d"
              .formatted(table.name(), table.bucketCount() - 1, bucket));
    }
  }

  /** Returns the numbers of buckets by which a retry of now may have been divided at first. */
  static List<Integer> counts(Table table, Instant now) {
    List<Integer> counts = new ArrayList<>();
    Instant oldest = now.minus(table.options().writerExpiry()).minus(MARGIN);
    table.raises().stream()
        .filter(raise -> raise.at().isAfter(oldest))
        .forEach(raise -> counts.add(raise.from()));
    counts.add(table.bucketCount());
    return counts;
  }

  /**
   * Returns a batch's name in a division: another one for each number of buckets, so that a bucket
   * which knows it tells by which number its rows were picked.
   */
  static WriterSequence named(Table table, WriterSequence writer, int buckets) {
    UUID id = writer.writerId();
    return buckets == table.firstBucketCount()
        ? writer
        : new WriterSequence(
            new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() ^ buckets),
            writer.sequence());
  }

  /** Makes the frames of rows. */
  List<FrameRows> frames(Table table, VectorSchemaRoot rows) throws GateException {
    try {
      TableOptions options = table.options();
      return encoder.encode(rows, options.logCompression(), options.logColumns());
    } catch (RowTooLargeException e) {
      throw new GateException(Code.TOO_LARGE, String.valueOf(e.getMessage()));
    }
  }

  private List<Division> one(
      int bucket, Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer)
      throws GateException {
    Part part = new Part(bucket, batch(table, rows, writer), false);
    return List.of(new Division(null, List.of(part)));
  }

  private Division byName(
      Table table, VectorSchemaRoot rows, WriterSequence writer, WriterSequence name, int buckets)
      throws GateException {
    int bucket = Math.floorMod(writer.writerId().hashCode(), buckets);
    Part part = new Part(bucket, batch(table, rows, name), true);
    return new Division(name.writerId(), List.of(part));
  }

  private Division byKey(
      Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer, int buckets)
      throws GateException {
    Split split = Split.of(table, rows).by(buckets);
    List<Part> parts = new ArrayList<>();
    try {
      for (int one : split.buckets()) {
        try (VectorSchemaRoot some = split.rowsOf(one)) {
          parts.add(new Part(one, batch(table, some, writer), writer != null));
        }
      }
    } catch (GateException | RuntimeException e) {
      parts.forEach(part -> part.batch().release());
      throw e;
    }
    return new Division(writer == null ? null : writer.writerId(), parts);
  }

  private RowBatch batch(Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer)
      throws GateException {
    return new RowBatch(table.schemaId(), writer, frames(table, rows));
  }
}
