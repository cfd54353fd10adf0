package io.sluice.gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.gateway.fuzz.ValidStreams.Valid;
import io.sluice.gateway.gate.ArrowGate;
import io.sluice.gateway.gate.ArrowStreamReader;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.testing.Seeded;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever a stream lies about, the gate refuses it by name or makes rows of it that everybody can
 * read; and what doesn't lie is taken as it is. A few seconds by default; {@code -Dtest.seconds=N}
 * goes on for longer, over other streams.
 */
class GateFuzzTest {

  private static final Duration USUAL = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofSeconds(60);
  private static final int CHANGES = 100;
  private static final long MEMORY = 64L << 20;
  // Small, so that a claim of millions of rows costs no time here.
  private static final GateLimits LIMITS = new GateLimits(1 << 12, 1 << 20);
  // So that batches of a few rows take several.
  private static final int ENTRY_BYTES = 1 << 10;

  @Test
  void streamsAreRefusedOrReadable() {
    long seeds = Seeded.forAWhile(USUAL, MOST, random -> new GateFuzzTest().check(random));
    System.out.println(seeds + " streams with " + CHANGES + " changes each");
  }

  /** Those of nested columns for sure, however slow the machine is. */
  @TestFactory
  Stream<DynamicTest> nestedStreamsAreTakenAsTheyAre() {
    return Seeded.seeds(
        200,
        random -> {
          try (BufferAllocator allocator = new RootAllocator(MEMORY)) {
            NestedStreams streams = new NestedStreams(random, allocator);
            Valid valid = streams.next();
            Sender sender = new Sender(table(valid), allocator);
            assertThat(sender.send(valid.messages())).isEqualTo(valid.values());
            sendChanged(random, sender, valid, streams.next().messages(), 2);
            assertThat(allocator.getAllocatedMemory()).isZero();
          }
        });
  }

  private void check(Random random) throws Exception {
    try (BufferAllocator allocator = new RootAllocator(MEMORY)) {
      ValidStreams streams = new ValidStreams(random, allocator);
      NestedStreams nested = new NestedStreams(random, allocator);
      boolean isNested = random.nextBoolean();
      Valid valid = isNested ? nested.next() : streams.next();
      Sender sender = new Sender(table(valid), allocator);
      assertThat(sender.send(valid.messages())).isEqualTo(valid.values());
      assertThat(sender.sendWhole(WireMessage.join(valid.messages()))).isEqualTo(valid.values());
      List<WireMessage> others = new ArrayList<>(streams.next().messages());
      others.addAll(nested.next().messages());
      others.addAll(
          isNested ? nested.streamFor(valid.columns()) : streams.streamFor(valid.columns()));
      sendChanged(random, sender, valid, others, CHANGES);
    }
  }

  private static void sendChanged(
      Random random, Sender sender, Valid valid, List<WireMessage> others, int changes)
      throws Exception {
    HostileStreams hostile = new HostileStreams(random, valid.messages(), others);
    for (int i = 0; i < changes; i++) {
      List<WireMessage> messages = hostile.next();
      try {
        if (random.nextInt(4) > 0) {
          sender.send(messages);
        } else {
          byte[] stream = WireMessage.join(messages);
          sender.sendWhole(random.nextInt(3) == 0 ? Lies.changed(random, stream) : stream);
        }
      } catch (GateException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("change " + i, e);
      }
      assertThat(sender.heldBytes()).as("bytes kept after change %d", i).isZero();
    }
  }

  private static Table table(Valid valid) {
    UUID id = new UUID(0, 1);
    return new Table(
        new TableName("db", "t"),
        id,
        id,
        "file:/w/" + id,
        Map.of(0, SystemColumns.addTo(valid.columns())),
        0,
        TableOptions.parse(valid.options()),
        "",
        Instant.EPOCH);
  }

  /** Sends streams through the gate, checks the rows that come out, and returns their values. */
  private static final class Sender {

    private final Table table;
    private final BufferAllocator allocator;
    private final CanonicalRows canonical;

    Sender(Table table, BufferAllocator allocator) {
      this.table = table;
      this.allocator = allocator;
      this.canonical = new CanonicalRows(table, allocator, ENTRY_BYTES);
    }

    /** Sends one message after another, as Flight does. */
    List<List<@Nullable Object>> send(List<WireMessage> messages)
        throws GateException, CharacterCodingException {
      List<List<@Nullable Object>> values = new ArrayList<>();
      table.rowSchema().columns().forEach(column -> values.add(new ArrayList<>()));
      try (ArrowGate gate =
          ArrowGate.open(ByteBuffer.wrap(messages.get(0).header()), table, allocator, LIMITS)) {
        for (WireMessage message : messages.subList(1, messages.size())) {
          try (ArrowBuf body = body(message);
              VectorSchemaRoot rows =
                  gate.accept(ByteBuffer.wrap(message.header()), body).orElse(null)) {
            if (rows != null) {
              canonical.check(rows);
              CanonicalRows.addValues(values, rows);
            }
          }
        }
      }
      return values;
    }

    /** Sends a whole stream, as HTTP does. */
    List<List<@Nullable Object>> sendWhole(byte[] stream)
        throws GateException, CharacterCodingException {
      try (VectorSchemaRoot rows = ArrowStreamReader.read(table, stream, allocator, LIMITS)) {
        canonical.check(rows);
        return CanonicalRows.values(rows);
      }
    }

    long heldBytes() {
      return allocator.getAllocatedMemory();
    }

    private ArrowBuf body(WireMessage message) {
      ArrowBuf body = allocator.buffer(message.body().length);
      body.setBytes(0, message.body());
      return body.slice(0, message.body().length);
    }
  }
}
