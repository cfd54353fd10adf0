package io.sluice.flink.read;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Offsets by bucket, as an option gives them: {@code bucket:0,offset:42;bucket:1,offset:300}. */
final class BucketOffsets {

  private static final Pattern ONE = Pattern.compile("bucket:(\\d{1,4}),offset:(\\d{1,18})");

  /**
   * Parses an option.
   *
   * @param option its name, for messages
   * @throws IllegalArgumentException if it isn't valid; the message says what is
   */
  static SortedMap<Integer, Long> parse(String option, String text) {
    TreeMap<Integer, Long> offsets = new TreeMap<>();
    for (String one : text.replaceAll("\\s", "").split(";", -1)) {
      Matcher matcher = ONE.matcher(one);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            option + " is such as 'bucket:0,offset:42;bucket:1,offset:300', not '" + text + "'");
      }
      int bucket = Integer.parseInt(matcher.group(1));
      if (offsets.put(bucket, Long.parseLong(matcher.group(2))) != null) {
        throw new IllegalArgumentException(option + " has bucket " + bucket + " twice");
      }
    }
    return offsets;
  }

  /**
   * Checks that offsets are those of a table's buckets, each of them.
   *
   * @param option where they are from, for messages
   * @throws IllegalArgumentException if a bucket is missing, or one is named that there isn't
   */
  static void requireAll(String option, SortedMap<Integer, Long> offsets, int bucketCount) {
    for (int bucket = 0; bucket < bucketCount; bucket++) {
      if (!offsets.containsKey(bucket)) {
        throw new IllegalArgumentException(
            option + " lacks bucket " + bucket + ": name all, 0 to " + (bucketCount - 1));
      }
    }
    if (offsets.lastKey() >= bucketCount) {
      throw new IllegalArgumentException(
          option
              + " names bucket "
              + offsets.lastKey()
              + ", but the table has 0 to "
              + (bucketCount - 1));
    }
  }

  private BucketOffsets() {}
}
