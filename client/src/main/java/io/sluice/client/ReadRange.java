package io.sluice.client;

import io.sluice.client.SluiceException.Reason;
import java.util.List;

/**
 * The offsets that a read comes to, decided once: a reader that connects again must not decide
 * anew.
 *
 * @param from the first offset
 * @param to one past the last, {@link Long#MAX_VALUE} for ever
 */
record ReadRange(long from, long to) {

  static ReadRange resolve(SluiceClient client, ReadSpec spec) throws SluiceException {
    boolean needsLog =
        (spec.to().isEmpty() && !spec.follow())
            || spec.from() instanceof ReadSpec.From.Earliest
            || spec.from() instanceof ReadSpec.From.Latest;
    BucketWatermark log = needsLog ? watermark(client, spec) : new BucketWatermark(0, 0, 0);
    long to = spec.to().orElse(spec.follow() ? Long.MAX_VALUE : log.watermark());
    return new ReadRange(from(client, spec, log), to);
  }

  private static long from(SluiceClient client, ReadSpec spec, BucketWatermark log)
      throws SluiceException {
    if (spec.from() instanceof ReadSpec.From.Offset at) {
      return at.offset();
    }
    if (spec.from() instanceof ReadSpec.From.Earliest) {
      return log.start();
    }
    if (spec.from() instanceof ReadSpec.From.Time at) {
      Long offset = client.offsetsAt(spec.table(), at.time()).get(spec.bucket());
      if (offset == null) {
        throw noBucket(spec);
      }
      return offset;
    }
    return log.watermark();
  }

  private static BucketWatermark watermark(SluiceClient client, ReadSpec spec)
      throws SluiceException {
    List<BucketWatermark> all = client.watermarks(spec.table());
    return all.stream()
        .filter(one -> one.bucket() == spec.bucket())
        .findFirst()
        .orElseThrow(() -> noBucket(spec));
  }

  private static SluiceException noBucket(ReadSpec spec) {
    return new SluiceException(
        Reason.NOT_FOUND, "table " + spec.table() + " has no bucket " + spec.bucket());
  }
}
