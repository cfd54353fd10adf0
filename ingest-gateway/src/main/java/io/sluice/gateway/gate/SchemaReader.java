package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.gate.WireType.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.UnionMode;
import org.jspecify.annotations.Nullable;

/**
 * Reads an Arrow schema message without trusting it: a flatbuffer's parts may lie anywhere, in each
 * other too, so that a small message can describe a tree without end. Depth, number of fields and
 * length of names are bounded while reading.
 */
final class SchemaReader {

  private static final int MOST_BYTES = 8 << 20;
  private static final int MOST_FIELDS = 20_000;
  private static final int MOST_DEPTH = 64;
  private static final long MOST_NAME_BYTES = 4 << 20;

  private final Map<Long, WireType> dictionaries = new HashMap<>();
  private int fields;
  private long nameBytes;

  /**
   * Reads the fields of a schema message.
   *
   * @param message the flatbuffer
   * @throws GateException if it isn't one, or over a limit
   */
  static List<WireField> read(ByteBuffer message) throws GateException {
    if (message.remaining() > MOST_BYTES) {
      throw new GateException(
          Code.TOO_LARGE,
          "the schema message has %d bytes; at most %d are taken"
              .formatted(message.remaining(), MOST_BYTES));
    }
    try {
      return new SchemaReader().schema(Message.getRootAsMessage(message));
    } catch (RuntimeException e) {
      // Flatbuffers' generated code meets lies about offsets with exceptions of all kinds.
      throw new GateException(Code.BAD_MESSAGE, "the Arrow schema message is malformed: " + e);
    }
  }

  private List<WireField> schema(Message message) throws GateException {
    if (message.headerType() != MessageHeader.Schema) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "the first Arrow message must be a schema, not type %d".formatted(message.headerType()));
    }
    if (!(message.header(new Schema()) instanceof Schema schema)) {
      throw new GateException(Code.BAD_MESSAGE, "the Arrow schema message has no schema");
    }
    if (schema.endianness() != Endianness.Little) {
      throw new GateException(Code.UNSUPPORTED, "big-endian Arrow data is not taken");
    }
    List<WireField> read = new ArrayList<>();
    for (int i = 0; i < schema.fieldsLength(); i++) {
      read.add(field(schema.fields(i), 0));
    }
    return read;
  }

  private WireField field(@Nullable Field field, int depth) throws GateException {
    fields++;
    if (field == null || fields > MOST_FIELDS || depth > MOST_DEPTH) {
      throw new GateException(
          Code.TOO_LARGE,
          "the Arrow schema has more than %d fields, or fields more than %d deep"
              .formatted(MOST_FIELDS, MOST_DEPTH));
    }
    String name = name(field);
    List<WireField> children = new ArrayList<>();
    for (int i = 0; i < field.childrenLength(); i++) {
      children.add(field(field.children(i), depth + 1));
    }
    WireType type = type(field, name);
    if (type.kind() == Kind.RUN_END) {
      requireRunEnds(name, children);
    }
    DictionaryEncoding encoding = field.dictionary();
    WireField.Dictionary dictionary = encoding == null ? null : dictionary(encoding, type);
    return new WireField(name, type, dictionary, children);
  }

  private static void requireRunEnds(String name, List<WireField> children) throws GateException {
    if (children.size() != 2) {
      throw new GateException(
          Code.BAD_MESSAGE, "column '" + name + "': run-end encoding needs run ends and values");
    }
    WireField ends = children.get(0);
    WireType type = ends.type();
    boolean integer = type.kind() == Kind.INT && type.signed() && type.width() > 1;
    if (!integer || ends.dictionary() != null) {
      throw new GateException(
          Code.BAD_MESSAGE, "column '%s': run ends of %s".formatted(name, ends));
    }
  }

  private String name(Field field) throws GateException {
    ByteBuffer bytes = field.nameAsByteBuffer();
    if (bytes == null) {
      return "";
    }
    nameBytes += bytes.remaining();
    if (nameBytes > MOST_NAME_BYTES) {
      throw new GateException(
          Code.TOO_LARGE,
          "the Arrow schema has more than %d bytes of names".formatted(MOST_NAME_BYTES));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new GateException(
          Code.BAD_MESSAGE, "a name in the Arrow schema is not valid UTF-8: " + e.getMessage());
    }
  }

  /** Columns may share a dictionary; its values are then of one type. */
  private WireField.Dictionary dictionary(DictionaryEncoding encoding, WireType values)
      throws GateException {
    WireType other = dictionaries.putIfAbsent(encoding.id(), values);
    if (other != null && !other.equals(values)) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "dictionary %d is of %s and of %s".formatted(encoding.id(), other, values));
    }
    org.apache.arrow.flatbuf.Int index = encoding.indexType();
    WireType type =
        index == null ? WireType.integer(32, true) : integer(index.bitWidth(), index.isSigned());
    return new WireField.Dictionary(encoding.id(), type);
  }

  private static WireType type(Field field, String name) throws GateException {
    return switch (field.typeType()) {
      case Type.Null -> WireType.of(Kind.NULL);
      case Type.Bool -> WireType.of(Kind.BOOL);
      case Type.Int -> {
        var type = part(field, new org.apache.arrow.flatbuf.Int());
        yield integer(type.bitWidth(), type.isSigned());
      }
      case Type.FloatingPoint -> {
        var type = part(field, new org.apache.arrow.flatbuf.FloatingPoint());
        require(name, "float of precision", type.precision(), Precision.DOUBLE);
        yield WireType.of(Kind.FLOAT, 2 << type.precision());
      }
      case Type.Decimal -> {
        var type = part(field, new org.apache.arrow.flatbuf.Decimal());
        yield decimal(type.bitWidth(), type.precision(), type.scale());
      }
      case Type.Date -> {
        var type = part(field, new org.apache.arrow.flatbuf.Date());
        require(name, "date unit", type.unit(), DateUnit.MILLISECOND);
        boolean days = type.unit() == DateUnit.DAY;
        yield days ? WireType.of(Kind.DATE_DAY, 4) : WireType.of(Kind.DATE_MILLI, 8);
      }
      case Type.Time -> {
        var type = part(field, new org.apache.arrow.flatbuf.Time());
        yield time(type.bitWidth(), unit(type.unit()), name);
      }
      case Type.Timestamp -> {
        var type = part(field, new org.apache.arrow.flatbuf.Timestamp());
        String zone = type.timezone();
        yield WireType.timestamp(unit(type.unit()), zone == null ? "" : zone);
      }
      case Type.FixedSizeBinary -> {
        int width = part(field, new org.apache.arrow.flatbuf.FixedSizeBinary()).byteWidth();
        if (width < 0) {
          throw new GateException(Code.BAD_MESSAGE, "column '" + name + "': byte width " + width);
        }
        yield WireType.of(Kind.FIXED, width);
      }
      default -> otherType(field, name);
    };
  }

  private static WireType otherType(Field field, String name) throws GateException {
    return switch (field.typeType()) {
      case Type.Utf8 -> WireType.of(Kind.UTF8);
      case Type.LargeUtf8 -> WireType.of(Kind.LARGE_UTF8);
      case Type.Utf8View -> WireType.of(Kind.UTF8_VIEW);
      case Type.Binary -> WireType.of(Kind.BINARY);
      case Type.LargeBinary -> WireType.of(Kind.LARGE_BINARY);
      case Type.BinaryView -> WireType.of(Kind.BINARY_VIEW);
      case Type.RunEndEncoded -> WireType.of(Kind.RUN_END);
      case Type.Duration -> WireType.of(Kind.DURATION);
      case Type.Interval -> WireType.of(Kind.INTERVAL);
      case Type.Struct_ -> WireType.of(Kind.STRUCT);
      case Type.List -> WireType.of(Kind.LIST, 4);
      case Type.LargeList -> WireType.of(Kind.LIST, 8);
      case Type.ListView -> WireType.of(Kind.LIST_VIEW, 4);
      case Type.LargeListView -> WireType.of(Kind.LIST_VIEW, 8);
      case Type.FixedSizeList -> {
        int size = part(field, new org.apache.arrow.flatbuf.FixedSizeList()).listSize();
        require(name, "list of size", size, Integer.MAX_VALUE);
        yield WireType.of(Kind.FIXED_LIST, size);
      }
      case Type.Map -> WireType.of(Kind.MAP);
      case Type.Union -> {
        var type = part(field, new org.apache.arrow.flatbuf.Union());
        require(name, "union mode", type.mode(), UnionMode.Dense);
        yield WireType.of(type.mode() == UnionMode.Dense ? Kind.DENSE_UNION : Kind.SPARSE_UNION);
      }
      default ->
          throw new GateException(
              Code.UNSUPPORTED,
              "column '%s' has Arrow type %d, which is not known"
                  .formatted(name, field.typeType()));
    };
  }

  private static <T extends com.google.flatbuffers.Table> T part(Field field, T type) {
    if (field.type(type) == null) {
      throw new IllegalArgumentException("a field has no type");
    }
    return type;
  }

  private static WireType integer(int bits, boolean signed) throws GateException {
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
      throw new GateException(Code.BAD_MESSAGE, "Arrow has no integers of " + bits + " bits");
    }
    return WireType.integer(bits, signed);
  }

  private static WireType decimal(int bits, int precision, int scale) throws GateException {
    boolean known = bits == 32 || bits == 64 || bits == 128 || bits == 256;
    if (!known || precision < 1 || precision > 76 || Math.abs((long) scale) > 76) {
      throw new GateException(
          Code.BAD_MESSAGE, "Arrow has no decimal%d(%d, %d)".formatted(bits, precision, scale));
    }
    return WireType.decimal(bits, precision, scale);
  }

  private static WireType time(int bits, int unit, String name) throws GateException {
    WireType type = WireType.time(bits, unit);
    if (bits != (unit < TimeUnit.MICROSECOND ? 32 : 64)) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "column '%s': Arrow has no time of %d bits in %s".formatted(name, bits, type.unitName()));
    }
    return type;
  }

  /** Refuses a parameter that isn't from 0 to {@code most}. */
  private static void require(String name, String what, int value, int most) throws GateException {
    if (value < 0 || value > most) {
      throw new GateException(
          Code.BAD_MESSAGE, "column '%s': Arrow has no %s %d".formatted(name, what, value));
    }
  }

  private static int unit(short unit) throws GateException {
    if (unit < 0 || unit > 3) {
      throw new GateException(Code.BAD_MESSAGE, "Arrow has no time unit " + unit);
    }
    return unit;
  }
}
