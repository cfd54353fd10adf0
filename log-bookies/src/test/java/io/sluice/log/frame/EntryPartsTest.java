package io.sluice.log.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryPartsTest {

  private static final long TIME = 1_722_000_000_000_000L;

  @Test
  void partsHaveTheBytesOfTheirVersion() {
    FrameRows rows =
        new FrameRows(
            5,
            2,
            List.of(),
            Unpooled.copiedBuffer("message!", UTF_8),
            Unpooled.copiedBuffer("bodyofitbodyof", UTF_8),
            List.of(new ColumnGroup(0, 2, 0, 8), new ColumnGroup(2, 3, 8, 14)));
    WriterSequence writer = new WriterSequence(new UUID(1, 2), 3);
    StoredEntry stored = StoredEntry.of(List.of(new DataEntry.Part(rows, 7, writer, 7)), 100, TIME);
    assertThat(stored.parts().stream().map(ByteBufUtil::hexDump))
        .containsExactly(
            golden(
                // version, type and reserved; rows, relative offset, parts
                "02030000 00000000 0000000000000064 00000003",
                // part, time, size of the data entry, place in it
                "00000000 00061e265e4da000 00000072 00000000",
                // the other parts: place, length, schema, columns
                "00000064 00000008 00000007 00000000 00000002",
                "0000006c 00000006 00000007 00000002 00000003",
                // the data entry's header and frame, up to the body
                "01010000 00000005 0000000000000064 00000001",
                "01010000 0000005e 00000048 00000008",
                "00000000 00000007 00000005 00000002 00000007 00000000",
                "00061e265e4da000 00000000000000010000000000000002 0000000000000003",
                ByteBufUtil.hexDump("message!".getBytes(UTF_8))),
            golden(
                "02030000 00000000 0000000000000064 00000003",
                "00000001 00061e265e4da000 00000072 00000064",
                ByteBufUtil.hexDump("bodyofit".getBytes(UTF_8))),
            golden(
                "02030000 00000005 0000000000000064 00000003",
                "00000002 00061e265e4da000 00000072 0000006c",
                ByteBufUtil.hexDump("bodyof".getBytes(UTF_8))));
    release(stored);
    rows.release();
  }

  /** Bytes of version 2: a change here is a change of format, and needs a new version. */
  private static String golden(String... numbers) {
    return String.join("", numbers).replace(" ", "");
  }

  @Test
  void anEntryIsPutTogetherOfItsParts() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<DataEntry.Part> frames = frames(random);
      StoredEntry stored = StoredEntry.of(frames, random.nextInt(1_000), TIME);
      assertThat(stored.parts().size() == 1)
          .isEqualTo(frames.stream().allMatch(frame -> frame.rows().groups().isEmpty()));
      if (stored.parts().size() == 1) {
        assertThat(stored.parts().get(0)).isEqualTo(stored.whole());
      } else {
        ByteBuf gathered = gather(stored.parts());
        assertThat(gathered).as("seed %d", seed).isEqualTo(stored.whole());
        gathered.release();
        someColumns(random, stored, frames);
      }
      release(stored);
      frames.forEach(frame -> frame.rows().release());
    }
  }

  private static void someColumns(Random random, StoredEntry stored, List<DataEntry.Part> frames) {
    EntryPart first = part(stored.parts().get(0));
    Map<Integer, EntryPart> wanted = new HashMap<>();
    ByteBuf expected = stored.whole().copy();
    for (int i = 1; i < first.count(); i++) {
      if (random.nextBoolean()) {
        wanted.put(i, part(stored.parts().get(i)));
      } else {
        EntryPart.Place place = first.others().get(i - 1);
        expected.setZero(place.at(), place.length());
      }
    }
    ByteBuf some = EntryParts.some(first, wanted);
    assertThat(ByteBufUtil.equals(some, expected)).isTrue();
    List<Frame> read = DataEntry.frames(some);
    some.release();
    assertThat(read).hasSameSizeAs(frames);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(read.get(i).message()).isEqualTo(frames.get(i).rows().message());
    }
    read.forEach(Frame::release);
    assertThat(some.refCnt()).isZero();
    expected.release();
  }

  @Test
  void damagedPartsAreRefusedAndLeakNothing() {
    Random random = new Random(5);
    List<DataEntry.Part> frames = List.of(frame(random, 3, 500), frame(random, 2, 500));
    StoredEntry stored = StoredEntry.of(frames, 100, TIME);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      List<ByteBuf> parts = new ArrayList<>();
      stored.parts().forEach(part -> parts.add(part.copy()));
      ByteBuf bad = parts.get(random.nextInt(parts.size()));
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        // The header and the table, in which damage does harm.
        bad.setByte(random.nextInt(Math.min(140, bad.readableBytes())), random.nextInt(256));
      }
      bad.writerIndex(random.nextInt(4) == 0 ? random.nextInt(bad.capacity()) : bad.capacity());
      try {
        gather(parts).release();
      } catch (CorruptEntryException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      }
      assertThat(parts).allMatch(part -> part.refCnt() == 1);
      parts.forEach(ByteBuf::release);
    }
    assertThat(refused).isGreaterThan(10_000);
    release(stored);
    frames.forEach(frame -> frame.rows().release());
  }

  @Test
  void partsOfTwoEntriesDontMix() {
    Random random = new Random(5);
    List<DataEntry.Part> frames = List.of(frame(random, 2, 500));
    StoredEntry one = StoredEntry.of(frames, 100, TIME);
    StoredEntry other = StoredEntry.of(frames, 200, TIME);
    EntryPart first = part(one.parts().get(0));
    EntryPart stranger = part(other.parts().get(1));
    PartsGatherer gatherer = new PartsGatherer(first);
    assertThatThrownBy(() -> gatherer.add(stranger))
        .isInstanceOf(CorruptEntryException.class)
        .hasMessageContaining("of the rows at 200, isn't part 1 of 3");
    gatherer.release();
    assertThatThrownBy(() -> EntryParts.some(first, Map.of(1, stranger)))
        .isInstanceOf(CorruptEntryException.class);
    assertThatThrownBy(() -> new PartsGatherer(part(one.parts().get(1))))
        .isInstanceOf(CorruptEntryException.class)
        .hasMessage("part 1 of 3 comes without part 0");
    assertThat(one.parts()).allMatch(part -> part.refCnt() == 1);
    release(one);
    release(other);
    frames.forEach(frame -> frame.rows().release());
  }

  /** Puts parts together, as they come in order. */
  private static ByteBuf gather(List<ByteBuf> parts) {
    PartsGatherer gatherer = new PartsGatherer(part(parts.get(0)));
    try {
      for (ByteBuf entry : parts.subList(1, parts.size())) {
        ByteBuf whole = gatherer.add(part(entry));
        if (whole != null) {
          assertThat(entry).isSameAs(parts.get(parts.size() - 1));
          return whole;
        }
      }
      throw new CorruptEntryException("the last part isn't the last");
    } finally {
      gatherer.release();
    }
  }

  private static EntryPart part(ByteBuf entry) {
    return EntryPart.read(EntryHeader.read(entry), entry);
  }

  private static List<DataEntry.Part> frames(Random random) {
    List<DataEntry.Part> frames = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      frames.add(frame(random, random.nextInt(4), 200_000));
    }
    return frames;
  }

  private static DataEntry.Part frame(Random random, int groups, int mostBytes) {
    byte[] message = new byte[1 + random.nextInt(100)];
    random.nextBytes(message);
    ByteBuf body = Unpooled.buffer();
    List<ColumnGroup> stored = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      byte[] column = new byte[random.nextInt(mostBytes)];
      random.nextBytes(column);
      int from = body.writerIndex();
      body.writeBytes(column);
      stored.add(new ColumnGroup(i, i + 1, from, body.writerIndex()));
    }
    FrameRows rows =
        new FrameRows(
            3,
            0,
            List.of(),
            Unpooled.wrappedBuffer(message),
            body,
            groups < 2 ? List.of() : stored);
    return new DataEntry.Part(rows, 7, null, 3);
  }

  private static void release(StoredEntry stored) {
    stored.parts().forEach(ByteBuf::release);
    stored.whole().release();
    assertThat(stored.whole().refCnt()).isZero();
    assertThat(stored.parts()).allMatch(part -> part.refCnt() == 0);
  }
}
