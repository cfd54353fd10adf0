package io.sluice.client;

import io.sluice.catalog.bucket.BucketHash;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.RowCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/** Decides which bucket each row goes to, and divides batches accordingly. */
sealed interface BucketSplitter {

  /**
   * Divides rows by bucket, in order within each. The rows of {@code root} stay the caller's; what
   * is returned is too, and is {@code root} itself if all its rows are of one bucket.
   */
  SortedMap<Integer, VectorSchemaRoot> split(VectorSchemaRoot root, BufferAllocator allocator);

  /**
   * Returns what a writer needs.
   *
   * @param buckets how many there are
   */
  static BucketSplitter of(TableDescription table, int buckets, WriterSettings settings) {
    if (table.bucketKey().isEmpty()) {
      int bucket = settings.bucket().orElseGet(() -> pick(settings.writerId(), buckets));
      if (bucket >= buckets) {
        throw new IllegalArgumentException(
            "table " + table.name() + " has " + buckets + " buckets, but bucket is " + bucket);
      }
      return new OneBucket(bucket);
    }
    if (settings.bucket().isPresent()) {
      throw new IllegalArgumentException(
          "table "
              + table.name()
              + " has bucket.key "
              + table.bucketKey()
              + ": its hash picks the bucket, leave out bucket "
              + settings.bucket().getAsInt());
    }
    return new ByKey(
        table.name(), keyField(table), BucketHash.of(table.schema(), table.bucketKey(), buckets));
  }

  private static Field keyField(TableDescription table) {
    return table.arrowSchema().findField(table.bucketKey().get(0));
  }

  private static int pick(UUID writerId, int buckets) {
    return Math.floorMod(writerId.hashCode(), buckets);
  }

  /** All rows go to one bucket. */
  record OneBucket(int bucket) implements BucketSplitter {
    @Override
    public SortedMap<Integer, VectorSchemaRoot> split(
        VectorSchemaRoot root, BufferAllocator allocator) {
      SortedMap<Integer, VectorSchemaRoot> parts = new TreeMap<>();
      parts.put(bucket, root);
      return parts;
    }
  }

  /** Rows go by the hash of their key. */
  record ByKey(TableName table, Field key, BucketHash hash) implements BucketSplitter {
    @Override
    public SortedMap<Integer, VectorSchemaRoot> split(
        VectorSchemaRoot root, BufferAllocator allocator) {
      requireKey(root);
      int[] buckets = hash.buckets(root);
      SortedMap<Integer, List<Integer>> rows = new TreeMap<>();
      for (int row = 0; row < buckets.length; row++) {
        rows.computeIfAbsent(buckets[row], any -> new ArrayList<>()).add(row);
      }
      SortedMap<Integer, VectorSchemaRoot> parts = new TreeMap<>();
      rows.forEach((bucket, taken) -> parts.put(bucket, take(root, taken, allocator)));
      return parts;
    }

    private void requireKey(VectorSchemaRoot root) {
      FieldVector vector = root.getVector(key.getName());
      if (vector == null || !vector.getField().getType().equals(key.getType())) {
        throw new IllegalArgumentException(
            "rows of table "
                + table
                + " need their bucket.key '"
                + key.getName()
                + "' as "
                + key.getType()
                + ", not "
                + (vector == null ? "none" : vector.getField().getType()));
      }
    }

    private static VectorSchemaRoot take(
        VectorSchemaRoot root, List<Integer> rows, BufferAllocator allocator) {
      if (rows.size() == root.getRowCount()) {
        return root;
      }
      return RowCopy.of(root, rows.stream().mapToInt(row -> row).toArray(), allocator);
    }
  }
}
