package io.sluice.gateway.append;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.log.append.RowBatch;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One way to divide a batch over buckets.
 *
 * @param writerId names the batch in this division; null if it has no name
 * @param parts one for each bucket that gets rows
 */
record Division(@Nullable UUID writerId, List<Part> parts) {

  Division {
    parts = List.copyOf(parts);
  }

  /**
   * The rows of one bucket.
   *
   * @param picked whether the gateway picked the bucket of a batch that has a name, so that a retry
   *     after the number of buckets was raised would be divided otherwise
   */
  record Part(int bucket, RowBatch batch, boolean picked) {}

  /** Returns the same rows as parts of a transaction of their bucket. */
  Division of(TransactionKey transaction) {
    return new Division(
        writerId,
        parts.stream()
            .map(
                part ->
                    new Part(
                        part.bucket(),
                        new RowBatch(
                            part.batch().schemaId(),
                            part.batch().writer(),
                            transaction,
                            part.batch().frames()),
                        part.picked()))
            .toList());
  }

  /** Returns the buckets. */
  List<Integer> buckets() {
    return parts.stream().map(Part::bucket).toList();
  }

  void release() {
    parts.forEach(part -> part.batch().release());
  }
}
