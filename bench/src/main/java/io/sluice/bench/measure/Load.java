package io.sluice.bench.measure;

/**
 * What rows go where.
 *
 * @param shape what they are like
 * @param buckets how many parts the table or topic has, at least 1
 * @param variant how the system does it, one of its own names; empty for its only way
 */
public record Load(RowShape shape, int buckets, String variant) {

  public Load {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets must be >= 1: " + buckets);
    }
  }
}
