package io.sluice.gateway.gate;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.rows.RowError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;

/** Sends Arrow messages through the gate, and says what came of them. */
final class GateFixture implements AutoCloseable {

  private static final long MEMORY = 256L << 20;

  private final BufferAllocator allocator = new RootAllocator(MEMORY);

  /** One message of a stream. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Message(byte[] header, byte[] body) {}

  BufferAllocator allocator() {
    return allocator;
  }

  /** A table of one optional column {@code v}. */
  static Table table(Type type) {
    return table(Map.of(), NestedField.optional(1, "v", type));
  }

  static Table table(Map<String, String> options, NestedField... columns) {
    UUID id = UUID.randomUUID();
    Schema schema = SystemColumns.addTo(new Schema(List.of(columns)));
    return new Table(
        new TableName("db", "t"),
        id,
        UUID.randomUUID(),
        "file:/w/" + id,
        Map.of(0, schema),
        0,
        TableOptions.parse(options),
        "",
        Instant.EPOCH);
  }

  /** Returns a stream's messages, its schema first; closes the vectors. */
  static List<Message> messages(DictionaryProvider dictionaries, FieldVector... vectors) {
    return split(stream(dictionaries, CodecType.NO_COMPRESSION, 1, vectors));
  }

  /** Returns a stream that has the vectors' rows in each of its batches; closes the vectors. */
  static byte[] stream(
      DictionaryProvider dictionaries, CodecType codec, int batches, FieldVector... vectors) {
    int rows = vectors.length == 0 ? 0 : vectors[0].getValueCount();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (VectorSchemaRoot root =
            new VectorSchemaRoot(
                Arrays.stream(vectors).map(FieldVector::getField).toList(),
                List.of(vectors),
                rows);
        ArrowStreamWriter writer =
            new ArrowStreamWriter(
                root,
                dictionaries,
                Channels.newChannel(out),
                IpcOption.DEFAULT,
                codec == CodecType.NO_COMPRESSION
                    ? NoCompressionCodec.Factory.INSTANCE
                    : CommonsCompressionFactory.INSTANCE,
                codec)) {
      writer.start();
      for (int i = 0; i < batches; i++) {
        writer.writeBatch();
      }
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Returns the message of a schema as it goes over the wire: with the types of dictionaries. */
  static Message schema(Field... fields) {
    ByteBuffer header =
        MessageSerializer.serializeMetadata(
            new org.apache.arrow.vector.types.pojo.Schema(List.of(fields)), IpcOption.DEFAULT);
    byte[] bytes = new byte[header.remaining()];
    header.get(bytes);
    return new Message(bytes, new byte[0]);
  }

  static List<Message> messages(FieldVector... vectors) {
    return messages(new DictionaryProvider.MapDictionaryProvider(), vectors);
  }

  /** Cuts an IPC stream into its messages. */
  static List<Message> split(byte[] stream) {
    ByteBuffer in = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    List<Message> messages = new ArrayList<>();
    while (in.remaining() >= 8 && in.getInt() == -1) {
      int length = in.getInt();
      if (length == 0) {
        break;
      }
      byte[] header = new byte[length];
      in.get(header);
      byte[] body =
          new byte
              [(int)
                  org.apache.arrow.flatbuf.Message.getRootAsMessage(ByteBuffer.wrap(header))
                      .bodyLength()];
      in.get(body);
      messages.add(new Message(header, body));
    }
    return messages;
  }

  /** Lets messages through; returns the rows of all batches, column by column as text. */
  List<List<String>> rows(Table table, List<Message> messages) throws GateException {
    List<List<String>> rows = new ArrayList<>();
    try (ArrowGate gate =
        ArrowGate.open(
            ByteBuffer.wrap(messages.get(0).header()), table, allocator, GateLimits.DEFAULT)) {
      for (Message message : messages.subList(1, messages.size())) {
        try (ArrowBuf body = body(message);
            VectorSchemaRoot root = gate.accept(header(message), body).orElse(null)) {
          if (root != null) {
            rows.addAll(rows(root));
          }
        }
      }
    }
    return rows;
  }

  /** Returns the values of the one column. */
  List<String> values(Table table, FieldVector... vectors) throws GateException {
    return values(table, messages(vectors));
  }

  List<String> values(Table table, List<Message> messages) throws GateException {
    return rows(table, messages).stream().map(row -> row.get(0)).toList();
  }

  /** Returns why messages are refused: the code, and each error or the message. */
  String refusal(Table table, List<Message> messages) {
    try {
      return "accepted: " + rows(table, messages);
    } catch (GateException e) {
      return e.code() == Code.BAD_ROWS || e.code() == Code.BAD_SCHEMA
          ? e.code() + " " + e.errors().stream().map(RowError::toString).toList()
          : e.code() + " " + e.getMessage();
    }
  }

  String refusal(Table table, FieldVector... vectors) {
    return refusal(table, messages(vectors));
  }

  static ByteBuffer header(Message message) {
    return ByteBuffer.wrap(message.header());
  }

  ArrowBuf body(Message message) {
    ArrowBuf body = allocator.buffer(message.body().length);
    body.setBytes(0, message.body());
    return body.slice(0, message.body().length);
  }

  static List<List<String>> rows(VectorSchemaRoot root) {
    List<List<String>> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      List<String> values = new ArrayList<>();
      for (FieldVector vector : root.getFieldVectors()) {
        values.add(text(vector.getObject(row)));
      }
      rows.add(values);
    }
    return rows;
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? java.util.HexFormat.of().formatHex(bytes)
        : Optional.ofNullable(value).map(Object::toString).orElse("null");
  }

  /** Fails if memory leaked. */
  @Override
  public void close() {
    allocator.close();
  }
}
