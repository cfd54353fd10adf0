package io.sluice.client;

/**
 * What the log holds of a bucket.
 *
 * @param bucket the bucket, from 0
 * @param start the first offset still in the log
 * @param watermark one past the last visible offset; equal to {@code start} if the log holds
 *     nothing
 */
public record BucketWatermark(int bucket, long start, long watermark) {

  public BucketWatermark {
    if (bucket < 0 || start < 0 || watermark < start) {
      throw new IllegalArgumentException(
          "bucket, start >= 0 and watermark >= start needed: bucket "
              + bucket
              + " ["
              + start
              + ", "
              + watermark
              + ")");
    }
  }
}
