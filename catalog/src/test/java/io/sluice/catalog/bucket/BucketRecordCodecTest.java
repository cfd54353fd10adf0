package io.sluice.catalog.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketRecordCodec.Stored;
import io.sluice.catalog.level.NewerVersionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BucketRecordCodecTest {

  private static final UUID INCARNATION = UUID.fromString("0e3c4f6a-0000-4000-8000-000000000001");
  private static final UUID WRITER = UUID.fromString("0e3c4f6a-0000-4000-8000-000000000002");

  private static final BucketState STATE =
      new BucketState(
          INCARNATION,
          new Claim("gateway-1", 7),
          10,
          List.of(
              new Segment.Deleting(3, 10, 20),
              new Segment.Sealed(4, 20, 35, 1_000, 2_000, 4_096, true),
              new Segment.Spliced(5, 35, 40, 2_500, 512),
              new Segment.Open(6, 40, 7, 3_000)),
          OptionalLong.of(2),
          30,
          List.of(new LakeCommit(20, 1_500), new LakeCommit(30, 2_600)),
          List.of(
              new PendingTransaction(new TransactionKey(WRITER, 4), List.of(8L, 9L), 9_000, false)),
          Map.of(WRITER, new CommittedTransactions(3, 2_500)),
          900);

  private static final String GOLDEN =
      """
      {"v":1,"incarnation":"0e3c4f6a-0000-4000-8000-000000000001","claim":["gateway-1",7],"base":10,\
      "segments":[["d",3,20],["s",4,35,1000,2000,4096,1],["t",5,40,2500,512],["o",6,7,3000]],\
      "window":2,"floor":30,"commits":[[20,1500],[30,2600]],\
      "pending":[["0e3c4f6a-0000-4000-8000-000000000002",4,9000,false,[8,9]]],\
      "committed":{"0e3c4f6a-0000-4000-8000-000000000002":[3,2500]},"gone":900,"writes":["a1","b2"]}\
      """;

  @Test
  void aRecordIsWrittenLikeThis() {
    assertThat(new String(BucketRecordCodec.encode(new Stored(STATE, List.of("a1", "b2"))), UTF_8))
        .isEqualTo(GOLDEN);
  }

  @Test
  void aRecordIsReadBackAsItWas() {
    Stored stored = BucketRecordCodec.decode("/b", GOLDEN.getBytes(UTF_8));
    assertThat(stored.state()).isEqualTo(STATE);
    assertThat(stored.writes()).containsExactly("a1", "b2");
  }

  @Test
  void aLongRecordStaysFarBelowAMegabyte() {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      long base = i * 1_000_000_000L;
      segments.add(
          new Segment.Sealed(
              1_000_000_000L + i,
              base,
              base + 1_000_000_000L,
              1_790_000_000_000_000L,
              1_790_000_060_000_000L,
              268_435_456,
              true));
    }
    Map<UUID, CommittedTransactions> committed = new HashMap<>();
    for (int i = 0; i < Transactions.MAX_EPOCHS; i++) {
      committed.put(new UUID(i, i), new CommittedTransactions(1_000_000, 1_790_000_000_000_000L));
    }
    BucketState state =
        new BucketState(
            INCARNATION,
            new Claim("gateway-1", 7),
            0,
            segments,
            OptionalLong.empty(),
            0,
            List.of(),
            List.of(),
            committed,
            0);
    byte[] bytes = BucketRecordCodec.encode(new Stored(state, List.of()));
    assertThat(bytes.length).isLessThan(500_000);
    assertThat(BucketRecordCodec.decode("/b", bytes).state()).isEqualTo(state);
  }

  @Test
  void aRecordWithoutCommitsHasItsFloorForLong() {
    String before = GOLDEN.replace("\"commits\":[[20,1500],[30,2600]],", "");
    assertThat(BucketRecordCodec.decode("/b", before.getBytes(UTF_8)).state().lakeCommits())
        .containsExactly(new LakeCommit(30, 0));
  }

  @Test
  void aRecordThatDoesNotSayWhenItsGoneRowsWereAppendedIsRead() {
    String before = GOLDEN.replace("\"gone\":900,", "");
    Stored stored = BucketRecordCodec.decode("/b", before.getBytes(UTF_8));
    assertThat(stored.state().goneTimeMicros()).isZero();
    assertThat(new String(BucketRecordCodec.encode(stored), UTF_8)).isEqualTo(before);
  }

  @Test
  void aRecordOfALaterVersionIsRefused() {
    assertThatThrownBy(
            () ->
                BucketRecordCodec.decode(
                    "/b", GOLDEN.replace("\"v\":1", "\"v\":2").getBytes(UTF_8)))
        .isInstanceOf(NewerVersionException.class)
        .hasMessage(
            "bucket record /b is of version 2, but this Sluice reads 1: it is older than what wrote"
                + " that; upgrade it");
  }

  @Test
  void aRecordThatBreaksAnInvariantIsRefused() {
    String backwards = GOLDEN.replace("[\"s\",4,35,", "[\"s\",4,15,");
    assertThatThrownBy(() -> BucketRecordCodec.decode("/b", backwards.getBytes(UTF_8)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bucket record /b can't be read: ledger 4 ends at 15, before its base 20");
    assertThatThrownBy(() -> BucketRecordCodec.decode("/b", "{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalStateException.class);
  }
}
