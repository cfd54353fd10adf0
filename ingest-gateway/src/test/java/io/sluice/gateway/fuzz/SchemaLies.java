package io.sluice.gateway.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Schemas that are valid, but not those of the batches that follow. */
final class SchemaLies {

  private static final ArrowType.Int INDEX = new ArrowType.Int(32, true);

  /** Returns another schema message, with one of the fields changed. */
  static byte[] changed(Random random, byte[] header) {
    org.apache.arrow.flatbuf.Schema read = new org.apache.arrow.flatbuf.Schema();
    Message.getRootAsMessage(ByteBuffer.wrap(header)).header(read);
    List<Field> fields = new ArrayList<>(Schema.convertSchema(read).getFields());
    List<Field> encoded = fields.stream().filter(field -> field.getDictionary() != null).toList();
    boolean share = encoded.size() > 1 && random.nextBoolean();
    Field field = any(random, share ? encoded : fields);
    Field other = any(random, share ? encoded : fields);
    fields.set(
        fields.indexOf(field),
        share
            ? with(field, field.getType(), other.getDictionary())
            : changed(random, field, other));
    ByteBuffer written = MessageSerializer.serializeMetadata(new Schema(fields), IpcOption.DEFAULT);
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  private static Field any(Random random, List<Field> fields) {
    return fields.get(random.nextInt(fields.size()));
  }

  private static Field changed(Random random, Field field, Field other) {
    DictionaryEncoding own = field.getDictionary();
    return switch (random.nextInt(5)) {
      case 0 -> with(field, field.getType(), encoding(random, own, other.getDictionary()));
      case 1 -> with(field, WireForms.any(random).wire(), own);
      case 2 -> with(field, other.getType(), own);
      case 3 -> new Field(other.getName(), field.getFieldType(), field.getChildren());
      default -> with(field, field.getType(), null);
    };
  }

  /** Returns the dictionary of another field, or that with any number. */
  private static DictionaryEncoding encoding(
      Random random, @Nullable DictionaryEncoding own, @Nullable DictionaryEncoding other) {
    ArrowType.Int index = own == null ? INDEX : own.getIndexType();
    long id = other == null ? 1 + random.nextInt(6) : other.getId();
    return new DictionaryEncoding(id, false, index);
  }

  private static Field with(Field field, ArrowType type, @Nullable DictionaryEncoding encoding) {
    return new Field(
        field.getName(), new FieldType(field.isNullable(), type, encoding), field.getChildren());
  }

  private SchemaLies() {}
}
