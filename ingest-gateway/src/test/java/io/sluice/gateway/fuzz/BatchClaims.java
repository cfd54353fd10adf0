package io.sluice.gateway.fuzz;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/** What the message of a batch claims of its body, to be changed claim by claim. */
final class BatchClaims {

  private static final int NO_CODEC = -1;

  private final boolean isDictionary;
  private long dictionary;
  private boolean delta;
  private long rows;
  private long[] nodes;
  private long[] buffers;
  private long[] variadicCounts;
  private int codec;
  private int method;
  private long bodyBytes;

  private BatchClaims(RecordBatch batch, @Nullable DictionaryBatch dictionary, long bodyBytes) {
    this.isDictionary = dictionary != null;
    this.dictionary = dictionary == null ? 0 : dictionary.id();
    this.rows = batch.length();
    this.nodes = new long[2 * batch.nodesLength()];
    for (int i = 0; i < nodes.length; i += 2) {
      nodes[i] = batch.nodes(i / 2).length();
      nodes[i + 1] = batch.nodes(i / 2).nullCount();
    }
    this.buffers = new long[2 * batch.buffersLength()];
    for (int i = 0; i < buffers.length; i += 2) {
      buffers[i] = batch.buffers(i / 2).offset();
      buffers[i + 1] = batch.buffers(i / 2).length();
    }
    this.variadicCounts = new long[batch.variadicBufferCountsLength()];
    Arrays.setAll(variadicCounts, batch::variadicBufferCounts);
    BodyCompression compression = batch.compression();
    this.codec = compression == null ? NO_CODEC : compression.codec();
    this.method = compression == null ? 0 : compression.method();
    this.bodyBytes = bodyBytes;
  }

  /** Reads a message; null if it is of no batch. */
  static @Nullable BatchClaims read(byte[] header) {
    Message message = Message.getRootAsMessage(ByteBuffer.wrap(header));
    if (message.headerType() == MessageHeader.RecordBatch
        && message.header(new RecordBatch()) instanceof RecordBatch batch
        && isSmall(batch, header.length)) {
      return new BatchClaims(batch, null, message.bodyLength());
    }
    if (message.headerType() == MessageHeader.DictionaryBatch
        && message.header(new DictionaryBatch()) instanceof DictionaryBatch dictionary
        && isSmall(dictionary.data(), header.length)) {
      return new BatchClaims(dictionary.data(), dictionary, message.bodyLength());
    }
    return null;
  }

  /** A message that was changed before may claim lists of any length, below zero too. */
  private static boolean isSmall(RecordBatch batch, int most) {
    return IntStream.of(
            batch.nodesLength(), batch.buffersLength(), batch.variadicBufferCountsLength())
        .allMatch(length -> length >= 0 && length <= most);
  }

  /** Returns where a buffer begins in the body. */
  int someBuffer(Random random) {
    return buffers.length == 0 ? 0 : (int) buffers[2 * random.nextInt(buffers.length / 2)];
  }

  /** Changes the claimed size of the body. */
  void bodyBytes(long bytes) {
    bodyBytes = bytes;
  }

  /** Changes one claim. */
  void change(Random random) {
    switch (random.nextInt(11)) {
      case 0 -> rows = Lies.near(random, rows);
      case 1, 2 -> change(random, nodes);
      case 3, 4, 5 -> change(random, buffers);
      case 6 -> change(random, variadicCounts);
      case 7 -> codec = random.nextInt(4) - 1;
      case 8 -> nodes = resized(random, nodes);
      case 9 -> buffers = resized(random, buffers);
      default -> {
        delta = isDictionary && random.nextBoolean();
        dictionary = Lies.near(random, dictionary);
        method = random.nextInt(8) == 0 ? 1 : method;
        variadicCounts = resized(random, variadicCounts);
      }
    }
  }

  private static void change(Random random, long[] claims) {
    if (claims.length > 0) {
      int which = random.nextInt(claims.length);
      claims[which] = Lies.near(random, claims[which]);
    }
  }

  private static long[] resized(Random random, long[] claims) {
    return Arrays.copyOf(claims, Math.max(0, claims.length + 2 * (random.nextInt(5) - 2)));
  }

  /** Writes the message. */
  byte[] write() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    RecordBatch.startNodesVector(builder, nodes.length / 2);
    for (int i = nodes.length - 2; i >= 0; i -= 2) {
      FieldNode.createFieldNode(builder, nodes[i], nodes[i + 1]);
    }
    int nodeVector = builder.endVector();
    RecordBatch.startBuffersVector(builder, buffers.length / 2);
    for (int i = buffers.length - 2; i >= 0; i -= 2) {
      Buffer.createBuffer(builder, buffers[i], buffers[i + 1]);
    }
    int bufferVector = builder.endVector();
    int compression =
        codec == NO_CODEC
            ? 0
            : BodyCompression.createBodyCompression(builder, (byte) codec, (byte) method);
    int counts =
        variadicCounts.length == 0
            ? 0
            : RecordBatch.createVariadicBufferCountsVector(builder, variadicCounts);
    int batch =
        RecordBatch.createRecordBatch(builder, rows, nodeVector, bufferVector, compression, counts);
    int header =
        isDictionary
            ? DictionaryBatch.createDictionaryBatch(builder, dictionary, batch, delta)
            : batch;
    byte type = isDictionary ? MessageHeader.DictionaryBatch : MessageHeader.RecordBatch;
    builder.finish(Message.createMessage(builder, MetadataVersion.V5, type, header, bodyBytes, 0));
    return builder.sizedByteArray();
  }
}
