package io.sluice.log.bookkeeper;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.log.segment.SegmentId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What a ledger is made for, in its custom metadata: readable text, for operators too. */
final class LedgerIdentity {

  private static final String INCARNATION = "sluice.incarnation";
  private static final String BUCKET = "sluice.bucket";
  private static final String CLAIM_EPOCH = "sluice.claim-epoch";

  static Map<String, byte[]> encode(SegmentId id) {
    return Map.of(
        INCARNATION, id.incarnation().toString().getBytes(US_ASCII),
        BUCKET, Integer.toString(id.bucket()).getBytes(US_ASCII),
        CLAIM_EPOCH, Long.toString(id.claimEpoch()).getBytes(US_ASCII));
  }

  /** Returns what the ledger is made for; empty if it is none of ours. */
  static Optional<SegmentId> decode(Map<String, byte[]> metadata) {
    byte[] incarnation = metadata.get(INCARNATION);
    byte[] bucket = metadata.get(BUCKET);
    byte[] epoch = metadata.get(CLAIM_EPOCH);
    if (incarnation == null || bucket == null || epoch == null) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentId(
            UUID.fromString(new String(incarnation, US_ASCII)),
            Integer.parseInt(new String(bucket, US_ASCII)),
            Long.parseLong(new String(epoch, US_ASCII))));
  }

  private LedgerIdentity() {}
}
