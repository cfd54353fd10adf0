package io.sluice.gateway.gate;

/**
 * An Arrow type as a schema message says it, those included that Arrow's Java library can't hold.
 *
 * @param kind which type
 * @param width bytes of a value of a fixed width, or of an offset of lists, or elements of each
 *     list of a fixed size; 0 if it has none or is a bit
 * @param signed of integers
 * @param precision of decimals
 * @param scale of decimals
 * @param unit of times and timestamps: 0 seconds, 1 milliseconds, 2 microseconds, 3 nanoseconds
 * @param zone of timestamps; empty if they have none
 */
record WireType(
    Kind kind, int width, boolean signed, int precision, int scale, int unit, String zone) {

  private static final String[] UNITS = {"s", "ms", "us", "ns"};

  /** Which type, and how many buffers its values take beside the validity bitmap. */
  enum Kind {
    NULL(false, 0),
    BOOL(true, 1),
    INT(true, 1),
    FLOAT(true, 1),
    DECIMAL(true, 1),
    DATE_DAY(true, 1),
    DATE_MILLI(true, 1),
    TIME(true, 1),
    TIMESTAMP(true, 1),
    FIXED(true, 1),
    UTF8(true, 2),
    LARGE_UTF8(true, 2),
    BINARY(true, 2),
    LARGE_BINARY(true, 2),
    UTF8_VIEW(true, 1),
    BINARY_VIEW(true, 1),
    RUN_END(false, 0),
    DURATION(true, 1),
    INTERVAL(true, 1),
    STRUCT(true, 0),
    LIST(true, 1),
    LIST_VIEW(true, 2),
    FIXED_LIST(true, 0),
    MAP(true, 1),
    SPARSE_UNION(false, 1),
    DENSE_UNION(false, 2);

    private final boolean validity;
    private final int buffers;

    Kind(boolean validity, int buffers) {
      this.validity = validity;
      this.buffers = buffers;
    }

    /** Returns the number of buffers in a record batch; views have as many more as they say. */
    int bufferCount() {
      return buffers + (validity ? 1 : 0);
    }

    boolean isView() {
      return this == UTF8_VIEW || this == BINARY_VIEW;
    }

    boolean isText() {
      return this == UTF8 || this == LARGE_UTF8 || this == UTF8_VIEW;
    }

    boolean isBinary() {
      return this == BINARY || this == LARGE_BINARY || this == BINARY_VIEW;
    }

    /** Returns whether values are made of those of fields within it, in ways that are taken. */
    boolean isNested() {
      return isList() || this == STRUCT || this == MAP;
    }

    boolean isList() {
      return this == LIST || this == LIST_VIEW || this == FIXED_LIST;
    }
  }

  static WireType of(Kind kind) {
    return new WireType(kind, 0, false, 0, 0, 0, "");
  }

  static WireType of(Kind kind, int width) {
    return new WireType(kind, width, false, 0, 0, 0, "");
  }

  static WireType integer(int bits, boolean signed) {
    return new WireType(Kind.INT, bits / 8, signed, 0, 0, 0, "");
  }

  static WireType decimal(int bits, int precision, int scale) {
    return new WireType(Kind.DECIMAL, bits / 8, true, precision, scale, 0, "");
  }

  static WireType time(int bits, int unit) {
    return new WireType(Kind.TIME, bits / 8, true, 0, 0, unit, "");
  }

  static WireType timestamp(int unit, String zone) {
    return new WireType(Kind.TIMESTAMP, 8, true, 0, 0, unit, zone);
  }

  /** Returns whether offsets are of 8 bytes. */
  boolean hasLongOffsets() {
    return switch (kind) {
      case LARGE_UTF8, LARGE_BINARY -> true;
      case LIST, LIST_VIEW -> width == 8;
      default -> false;
    };
  }

  /** Returns the unit of a time or a timestamp, as an error names it. */
  String unitName() {
    return UNITS[unit];
  }

  /** Returns the type as an error names it. */
  @Override
  public String toString() {
    return switch (kind) {
      case INT -> (signed ? "int" : "uint") + width * 8;
      case FLOAT -> "float" + width * 8;
      case DECIMAL -> "decimal%d(%d, %d)".formatted(width * 8, precision, scale);
      case TIME -> "time%d[%s]".formatted(width * 8, UNITS[unit]);
      case TIMESTAMP -> "timestamp[" + UNITS[unit] + (zone.isEmpty() ? "]" : ", tz=" + zone + "]");
      case FIXED -> "fixed_size_binary[" + width + "]";
      case FIXED_LIST -> "fixed_size_list[" + width + "]";
      case LIST, LIST_VIEW ->
          (width == 8 ? "large_" : "") + (kind == Kind.LIST ? "list" : "list_view");
      default -> kind.name().toLowerCase(java.util.Locale.ROOT);
    };
  }
}
