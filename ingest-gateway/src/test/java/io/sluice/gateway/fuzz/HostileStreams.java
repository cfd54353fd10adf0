package io.sluice.gateway.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes streams that lie, out of valid ones. */
final class HostileStreams {

  private final Random random;
  private final List<WireMessage> valid;
  private final List<WireMessage> others;

  /**
   * @param valid the stream to change
   * @param others messages of other streams, to be mixed in
   */
  HostileStreams(Random random, List<WireMessage> valid, List<WireMessage> others) {
    this.random = random;
    this.valid = valid;
    this.others = others;
  }

  /** Returns another changed stream. */
  List<WireMessage> next() {
    List<WireMessage> messages = new ArrayList<>(valid);
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      if (random.nextInt(10) == 0) {
        reorder(messages);
      } else {
        int which = random.nextInt(messages.size());
        WireMessage message = messages.get(which);
        boolean schema = message.header() == valid.get(0).header() && random.nextBoolean();
        messages.set(
            which,
            schema
                ? new WireMessage(SchemaLies.changed(random, message.header()), message.body())
                : changed(message));
      }
    }
    return messages;
  }

  /** Leaves a message out, sends it twice, or in place of another one, or one of another stream. */
  private void reorder(List<WireMessage> messages) {
    int which = random.nextInt(messages.size());
    switch (random.nextInt(4)) {
      case 0 -> {
        if (messages.size() > 1) {
          messages.remove(which);
        }
      }
      case 1 -> messages.add(which, messages.get(random.nextInt(messages.size())));
      case 2 -> messages.set(which, messages.get(random.nextInt(messages.size())));
      default -> messages.set(which, others.get(random.nextInt(others.size())));
    }
  }

  private WireMessage changed(WireMessage message) {
    byte[] body = message.body();
    BatchClaims claims = claims(message.header());
    if (claims == null || random.nextInt(3) == 0) {
      return new WireMessage(Lies.changed(random, message.header()), body);
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        byte[] other = body.clone();
        Lies.change(random, other);
        return new WireMessage(message.header(), other);
      }
      case 1 -> {
        byte[] other = body.clone();
        lieAtStart(other, claims.someBuffer(random));
        return new WireMessage(message.header(), other);
      }
      case 2 -> {
        byte[] other = Lies.resized(random, body);
        claims.bodyBytes(other.length);
        return new WireMessage(claims.write(), other);
      }
      default -> {
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
          claims.change(random);
        }
        return new WireMessage(claims.write(), body);
      }
    }
  }

  /** What a buffer begins with: the size of the inflated one if it is compressed, or an offset. */
  private void lieAtStart(byte[] body, int at) {
    if (at >= 0 && at <= body.length - Long.BYTES) {
      ByteBuffer bytes = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(at, Lies.near(random, bytes.getLong(at)));
    }
  }

  /** Messages that were changed before can't always be read. */
  private static @Nullable BatchClaims claims(byte[] header) {
    try {
      return BatchClaims.read(header);
    } catch (RuntimeException e) {
      return null;
    }
  }
}
