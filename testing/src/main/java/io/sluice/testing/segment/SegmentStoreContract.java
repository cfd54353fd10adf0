package io.sluice.testing.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link SegmentStore} must do. */
@Timeout(60)
public abstract class SegmentStoreContract {

  private static final long NO_SUCH_LEDGER = 987_654_321L;

  private final SegmentId id = new SegmentId(UUID.randomUUID(), 3, 7);

  /** Returns the store, the same one all through a test. */
  protected abstract SegmentStore store();

  @Test
  void entriesAreReadBackAsTheyWereAdded() throws Exception {
    SegmentWriter writer = create();
    for (int i = 0; i < 10; i++) {
      assertThat(await(writer.add(entry("entry " + i)))).isEqualTo(i);
    }
    Sealed sealed = await(writer.seal());
    assertThat(sealed).isEqualTo(new Sealed(writer.ledgerId(), 9, 70));
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      assertThat(reader.sealed()).isTrue();
      assertThat(reader.lastEntryId()).isEqualTo(9);
      assertThat(reader.ledgerId()).isEqualTo(writer.ledgerId());
      assertThat(read(reader, 0, 10)).startsWith("entry 0", "entry 1").hasSize(10);
      assertThat(read(reader, 4, 6)).containsExactly("entry 4", "entry 5");
    }
  }

  @Test
  void addsInFlightCompleteInOrder() throws Exception {
    SegmentWriter writer = create();
    ConcurrentLinkedQueue<Long> order = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> adds = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      adds.add(writer.add(entry("entry " + i)).thenAccept(order::add));
    }
    for (CompletableFuture<Void> add : adds) {
      await(add);
    }
    List<Long> expected = new ArrayList<>();
    for (long i = 0; i < 500; i++) {
      expected.add(i);
    }
    assertThat(order).containsExactlyElementsOf(expected);
    assertThat(await(writer.seal()).lastEntryId()).isEqualTo(499);
  }

  /** A store that stops reading for those who read much would never go on. */
  @Test
  void manyLargeReadsAtOnceAllEnd() throws Exception {
    int count = 256;
    SegmentWriter writer = create();
    List<CompletableFuture<Long>> adds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      adds.add(writer.add(entry("entry " + i)));
    }
    for (CompletableFuture<Long> add : adds) {
      await(add);
    }
    await(writer.seal());
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      List<CompletableFuture<List<ByteBuf>>> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        reads.add(reader.read(0, count));
      }
      for (CompletableFuture<List<ByteBuf>> read : reads) {
        List<ByteBuf> entries = await(read);
        assertThat(entries).hasSize(count);
        entries.forEach(ByteBuf::release);
      }
    }
  }

  @Test
  void anEntryIsReleasedOnceItsAddIsDone() throws Exception {
    SegmentWriter writer = create();
    ByteBuf added = entry("one").retain();
    await(writer.add(added));
    await(writer.seal());
    assertThat(added.refCnt()).isEqualTo(1);
    ByteBuf refused = entry("two").retain();
    assertThatThrownBy(() -> await(writer.add(refused))).isInstanceOf(SegmentException.class);
    assertThat(refused.refCnt()).isEqualTo(1);
  }

  @Test
  void anEmptyLedgerIsSealedWithoutAnEntry() throws Exception {
    SegmentWriter writer = create();
    assertThat(await(writer.seal())).isEqualTo(new Sealed(writer.ledgerId(), -1, 0));
    assertThat(await(store().recover(writer.ledgerId())))
        .isEqualTo(new Sealed(writer.ledgerId(), -1, 0));
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      assertThat(reader.lastEntryId()).isEqualTo(-1);
    }
  }

  @Test
  void anEmptyOpenLedgerIsRecovered() throws Exception {
    SegmentWriter writer = create();
    assertThat(await(store().recover(writer.ledgerId())).lastEntryId()).isEqualTo(-1);
    assertThatThrownBy(() -> await(writer.add(entry("late")))).isInstanceOf(SegmentException.class);
  }

  @Test
  void acknowledgedEntriesOfAnOpenLedgerCanBeRead() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    await(writer.add(entry("b")));
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      assertThat(reader.sealed()).isFalse();
      assertThat(reader.lastEntryId()).isLessThan(2);
      assertThat(read(reader, 0, 2)).containsExactly("a", "b");
      await(writer.add(entry("c")));
      assertThat(read(reader, 1, 3)).containsExactly("b", "c");
    }
  }

  @Test
  void aLedgerThatIsKnownToBeClosedIsNotReadBeforeItLooksClosed() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    await(writer.add(entry("b")));
    assertThat(kindOf(store().openSealed(writer.ledgerId()))).isEqualTo(Kind.UNAVAILABLE);
    await(writer.seal());
    try (SegmentReader reader = await(store().openSealed(writer.ledgerId()))) {
      assertThat(reader.lastEntryId()).isEqualTo(1);
    }
  }

  @Test
  void recoveryKeepsWhatWasAcknowledgedAndFencesTheWriter() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    await(writer.add(entry("b")));
    Sealed sealed = await(store().recover(writer.ledgerId()));
    assertThat(sealed).isEqualTo(new Sealed(writer.ledgerId(), 1, 2));
    assertThat(kindOf(writer.add(entry("c")))).isEqualTo(Kind.FENCED);
    assertThat(kindOf(writer.add(entry("d")))).isEqualTo(Kind.FENCED);
    assertThat(await(store().recover(writer.ledgerId()))).isEqualTo(sealed);
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      assertThat(reader.sealed()).isTrue();
      assertThat(read(reader, 0, 2)).containsExactly("a", "b");
    }
  }

  @Test
  void aFencedWriterDoesNotChangeWhatRecoveryFound() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    Sealed sealed = await(store().recover(writer.ledgerId()));
    assertThat(kindOf(writer.add(entry("b")))).isEqualTo(Kind.FENCED);
    writer.seal().handle((closed, error) -> closed).get(30, TimeUnit.SECONDS);
    assertThat(await(store().recover(writer.ledgerId()))).isEqualTo(sealed);
  }

  @Test
  void addsAfterTheSealFail() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    await(writer.seal());
    assertThatThrownBy(() -> await(writer.add(entry("b")))).isInstanceOf(SegmentException.class);
    assertThat(await(store().recover(writer.ledgerId())).lastEntryId()).isZero();
  }

  @Test
  void whatIsInDoubtAtTheSealIsToldByTheSeal() throws Exception {
    SegmentWriter writer = create();
    List<CompletableFuture<Long>> adds = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      adds.add(writer.add(entry("x")));
    }
    Sealed sealed = await(writer.seal());
    for (int i = 0; i < 200; i++) {
      boolean acknowledged =
          adds.get(i).handle((entryId, error) -> error == null).get(30, TimeUnit.SECONDS);
      assertThat(!acknowledged || i <= sealed.lastEntryId()).as("entry %s", i).isTrue();
    }
    assertThat(await(store().recover(writer.ledgerId()))).isEqualTo(sealed);
  }

  @Test
  void aLedgerThatIsNotThereIsMissing() {
    assertThat(kindOf(store().open(NO_SUCH_LEDGER))).isEqualTo(Kind.MISSING);
    assertThat(kindOf(store().recover(NO_SUCH_LEDGER))).isEqualTo(Kind.MISSING);
  }

  @Test
  void anEntryThatIsNotThereIsMissing() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      assertThat(kindOf(reader.read(0, 5))).isEqualTo(Kind.MISSING);
    }
  }

  @Test
  void aDeletedLedgerIsMissingAndMayBeDeletedAgain() throws Exception {
    SegmentWriter writer = create();
    await(writer.add(entry("a")));
    await(writer.seal());
    await(store().delete(writer.ledgerId()));
    await(store().delete(writer.ledgerId()));
    await(store().delete(NO_SUCH_LEDGER));
    assertThat(kindOf(store().open(writer.ledgerId()))).isEqualTo(Kind.MISSING);
  }

  @Test
  void ledgersAreListedWithWhatTheyWereMadeFor() throws Exception {
    SegmentWriter open = create();
    SegmentWriter sealed = create();
    await(sealed.add(entry("a")));
    await(sealed.seal());
    SegmentWriter deleted = create();
    await(store().delete(deleted.ledgerId()));
    assertThat(await(store().list()))
        .containsEntry(open.ledgerId(), id)
        .containsEntry(sealed.ledgerId(), id)
        .doesNotContainKey(deleted.ledgerId());
  }

  @Test
  void aLargeEntryFits() throws Exception {
    SegmentWriter writer = create();
    byte[] large = new byte[4 << 20];
    large[large.length - 1] = 7;
    await(writer.add(Unpooled.wrappedBuffer(large)));
    assertThat(await(writer.seal()).bytes()).isEqualTo(large.length);
    try (SegmentReader reader = await(store().open(writer.ledgerId()))) {
      ByteBuf read = await(reader.read(0, 1)).get(0);
      assertThat(read.readableBytes()).isEqualTo(large.length);
      assertThat(read.getByte(read.writerIndex() - 1)).isEqualTo((byte) 7);
      read.release();
    }
  }

  /** Makes a ledger. */
  protected final SegmentWriter create() throws Exception {
    return await(store().create(id, Replication.STANDALONE));
  }

  private static ByteBuf entry(String text) {
    return Unpooled.copiedBuffer(text, UTF_8);
  }

  private static List<String> read(SegmentReader reader, long first, long end) throws Exception {
    List<String> texts = new ArrayList<>();
    for (ByteBuf entry : await(reader.read(first, end))) {
      texts.add(entry.toString(UTF_8));
      // Others may still hold a part of the same buffer.
      entry.release();
    }
    return texts;
  }

  private static Kind kindOf(CompletableFuture<?> failing) {
    try {
      await(failing);
    } catch (SegmentException e) {
      return e.kind();
    } catch (Exception e) {
      throw new AssertionError("failed otherwise", e);
    }
    throw new AssertionError("did not fail");
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SegmentException failure) {
        throw failure;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within 30 s", e);
    }
  }
}
