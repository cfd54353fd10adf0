package io.sluice.compactor.work;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.apache.iceberg.GenericPartitionFieldSummary;
import org.apache.iceberg.ManifestFile.PartitionFieldSummary;
import org.apache.iceberg.util.ByteBuffers;
import org.jspecify.annotations.Nullable;

/**
 * Which values a result's files have in one field of their partitions, so that readers who look for
 * others needn't open the manifest.
 *
 * @param nulls whether one has none
 * @param nans whether one is NaN
 * @param lower the least value in Iceberg's single-value serialization, in base64; null if there is
 *     none
 * @param upper the largest value, likewise
 */
public record PartitionRange(
    boolean nulls, boolean nans, @Nullable String lower, @Nullable String upper) {

  /** A result is part of a record that must stay small; ranges that take more are left out. */
  private static final int MOST_CHARACTERS = 512;

  /** Returns the ranges of a manifest that was written; empty if they would take too much room. */
  public static List<PartitionRange> of(@Nullable List<PartitionFieldSummary> summaries) {
    if (summaries == null) {
      return List.of();
    }
    List<PartitionRange> ranges =
        summaries.stream()
            .map(
                field ->
                    new PartitionRange(
                        field.containsNull(),
                        !Boolean.FALSE.equals(field.containsNaN()),
                        text(field.lowerBound()),
                        text(field.upperBound())))
            .toList();
    int size = ranges.stream().mapToInt(range -> size(range.lower) + size(range.upper)).sum();
    return size > MOST_CHARACTERS ? List.of() : ranges;
  }

  private static @Nullable String text(@Nullable ByteBuffer bound) {
    return bound == null
        ? null
        : Base64.getEncoder().encodeToString(ByteBuffers.toByteArray(bound));
  }

  private static int size(@Nullable String bound) {
    return bound == null ? 0 : bound.length();
  }

  /** Returns what a manifest list says of the field. */
  public PartitionFieldSummary toSummary() {
    return new GenericPartitionFieldSummary(nulls, nans, bytes(lower), bytes(upper));
  }

  private static @Nullable ByteBuffer bytes(@Nullable String bound) {
    return bound == null ? null : ByteBuffer.wrap(Base64.getDecoder().decode(bound));
  }
}
