package io.sluice.gateway.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ArrowGateCastsTest {

  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  /** Writes a vector's values; the third row is null. */
  private static <V extends FieldVector> V with(V vector, java.util.function.Consumer<V> values) {
    vector.allocateNew();
    values.accept(vector);
    vector.setValueCount(3);
    return vector;
  }

  private List<String> cast(Type type, FieldVector vector) throws GateException {
    return gate.values(GateFixture.table(type), vector);
  }

  private String refused(Type type, FieldVector vector) {
    return gate.refusal(GateFixture.table(type), vector);
  }

  @Test
  void smallIntegersWiden() throws GateException {
    TinyIntVector bytes =
        with(
            new TinyIntVector("v", memory),
            v -> {
              v.set(0, -128);
              v.set(1, 127);
            });
    assertThat(cast(Types.IntegerType.get(), bytes)).containsExactly("-128", "127", "null");
    UInt4Vector unsigned =
        with(
            new UInt4Vector("v", memory),
            v -> {
              v.set(0, -1);
              v.set(1, 7);
            });
    assertThat(cast(Types.LongType.get(), unsigned)).containsExactly("4294967295", "7", "null");
    SmallIntVector shorts =
        with(
            new SmallIntVector("v", memory),
            v -> {
              v.set(0, -5);
              v.set(1, 5);
            });
    assertThat(cast(Types.DoubleType.get(), shorts)).containsExactly("-5.0", "5.0", "null");
  }

  @Test
  void unsignedLongsFitDecimals() throws GateException {
    UInt8Vector longs =
        with(
            new UInt8Vector("v", memory),
            v -> {
              v.set(0, -1);
              v.set(1, 1);
            });
    assertThat(cast(Types.DecimalType.of(20, 0), longs))
        .containsExactly("18446744073709551615", "1", "null");
  }

  @Test
  void narrowerTypesAreRefusedByName() {
    BigIntVector longs = with(new BigIntVector("v", memory), v -> v.set(0, 1));
    assertThat(refused(Types.IntegerType.get(), longs))
        .startsWith("BAD_SCHEMA")
        .contains("'v'", "int64", "int", "cast it");
    BigIntVector more = with(new BigIntVector("v", memory), v -> v.set(0, 1));
    assertThat(refused(Types.DoubleType.get(), more)).startsWith("BAD_SCHEMA");
    DurationVector durations =
        new DurationVector(
            "v", FieldType.nullable(new ArrowType.Duration(TimeUnit.SECOND)), memory);
    durations.setValueCount(1);
    assertThat(refused(Types.LongType.get(), durations)).contains("duration");
  }

  @Test
  void floatsWiden() throws GateException {
    Float4Vector floats =
        with(
            new Float4Vector("v", memory),
            v -> {
              v.set(0, 0.5f);
              v.set(1, Float.NaN);
            });
    assertThat(cast(Types.DoubleType.get(), floats)).containsExactly("0.5", "NaN", "null");
  }

  @Test
  void timestampsChangeUnitWhereThatIsExact() throws GateException {
    TimeStampSecVector seconds =
        with(
            new TimeStampSecVector("v", memory),
            v -> {
              v.set(0, -1);
              v.set(1, 1);
            });
    Type micros = Types.TimestampType.withoutZone();
    assertThat(cast(micros, seconds))
        .containsExactly("1969-12-31T23:59:59", "1970-01-01T00:00:01", "null");
    TimeStampNanoVector nanos =
        with(
            new TimeStampNanoVector("v", memory),
            v -> {
              v.set(0, 1_000);
              v.set(1, 1_001);
            });
    assertThat(refused(micros, nanos))
        .startsWith("BAD_ROWS [row 2, column 'v': 1001 nanoseconds are no whole microseconds");
    TimeStampMilliVector far =
        with(new TimeStampMilliVector("v", memory), v -> v.set(0, Long.MAX_VALUE));
    assertThat(refused(micros, far)).contains("row 1", "64 bits");
  }

  @Test
  void zonesNameAnInstantAndAreNotInvented() throws GateException {
    TimeStampNanoTZVector berlin =
        with(new TimeStampNanoTZVector("v", memory, "Europe/Berlin"), v -> v.set(0, 5_000));
    assertThat(cast(Types.TimestampType.withZone(), berlin)).containsExactly("5", "null", "null");
    TimeStampNanoTZVector again =
        with(new TimeStampNanoTZVector("v", memory, "UTC"), v -> v.set(0, 5_000));
    assertThat(refused(Types.TimestampType.withoutZone(), again)).startsWith("BAD_SCHEMA");
    TimeStampMilliVector local = with(new TimeStampMilliVector("v", memory), v -> v.set(0, 5));
    assertThat(refused(Types.TimestampType.withZone(), local)).startsWith("BAD_SCHEMA");
  }

  @Test
  void timesOfDayAreWithinTheDay() throws GateException {
    TimeMilliVector millis =
        with(
            new TimeMilliVector("v", memory),
            v -> {
              v.set(0, 0);
              v.set(1, 86_399_999);
            });
    assertThat(cast(Types.TimeType.get(), millis)).containsExactly("0", "86399999000", "null");
    TimeNanoVector nanos =
        with(new TimeNanoVector("v", memory), v -> v.set(1, 86_400_000_000_000L));
    assertThat(refused(Types.TimeType.get(), nanos)).contains("row 2", "no time of day");
  }

  @Test
  void datesOfMillisecondsAreWholeDays() throws GateException {
    DateMilliVector days =
        with(
            new DateMilliVector("v", memory),
            v -> {
              v.set(0, -86_400_000L);
              v.set(1, 86_400_000L);
            });
    assertThat(cast(Types.DateType.get(), days)).containsExactly("-1", "1", "null");
    DateMilliVector part = with(new DateMilliVector("v", memory), v -> v.set(0, 1));
    assertThat(refused(Types.DateType.get(), part)).contains("row 1", "no whole day");
    DateDayVector day = with(new DateDayVector("v", memory), v -> v.set(0, Integer.MIN_VALUE));
    assertThat(cast(Types.DateType.get(), day)).contains("-2147483648");
  }

  @Test
  void decimalsRescaleExactlyOrAreRefused() throws GateException {
    Type type = Types.DecimalType.of(4, 2);
    Decimal256Vector wide =
        with(
            new Decimal256Vector("v", memory, 60, 3),
            v -> {
              v.set(0, new BigDecimal("-99.990"));
              v.set(1, new BigDecimal("0.010"));
            });
    assertThat(cast(type, wide)).containsExactly("-99.99", "0.01", "null");
    DecimalVector fine =
        with(new DecimalVector("v", memory, 9, 3), v -> v.set(0, new BigDecimal("1.001")));
    assertThat(refused(type, fine)).contains("row 1", "1.001", "2 decimal places");
    DecimalVector big =
        with(new DecimalVector("v", memory, 38, 2), v -> v.set(1, new BigDecimal("100.00")));
    assertThat(refused(type, big)).contains("row 2", "100.00 doesn't fit decimal(4, 2)");
    DecimalVector small =
        with(new DecimalVector("v", memory, 38, 0), v -> v.set(0, new BigDecimal("12")));
    assertThat(cast(Types.DecimalType.of(38, 10), small)).contains("12.0000000000");
  }

  @Test
  void textOfAnyFormBecomesUtf8() throws GateException {
    byte[] longer = "longer than twelve bytes, grüße".getBytes(StandardCharsets.UTF_8);
    LargeVarCharVector large =
        with(
            new LargeVarCharVector("v", memory),
            v -> {
              v.setSafe(0, longer);
              v.setSafe(1, new byte[0]);
            });
    List<String> expected = List.of("longer than twelve bytes, grüße", "", "null");
    assertThat(cast(Types.StringType.get(), large)).isEqualTo(expected);
    ViewVarCharVector views =
        with(
            new ViewVarCharVector("v", memory),
            v -> {
              v.setSafe(0, longer);
              v.setSafe(1, new byte[0]);
            });
    assertThat(cast(Types.StringType.get(), views)).isEqualTo(expected);
  }

  @Test
  void textMustBeUtf8() {
    VarCharVector text =
        with(
            new VarCharVector("v", memory),
            v -> {
              v.setSafe(0, "fine".getBytes(StandardCharsets.UTF_8));
              v.setSafe(1, new byte[] {'a', (byte) 0xc3, 0x28});
            });
    assertThat(refused(Types.StringType.get(), text))
        .isEqualTo(
            "BAD_ROWS [row 2, column 'v': the text is not valid UTF-8: byte 0xc3 at position 1 of"
                + " 3]");
  }

  @Test
  void binaryBecomesFixedWhereTheLengthIsRight() throws GateException {
    LargeVarBinaryVector bytes =
        with(new LargeVarBinaryVector("v", memory), v -> v.setSafe(0, new byte[] {1, 2, 3}));
    assertThat(cast(Types.FixedType.ofLength(3), bytes)).containsExactly("010203", "null", "null");
    LargeVarBinaryVector wrong =
        with(new LargeVarBinaryVector("v", memory), v -> v.setSafe(1, new byte[] {1, 2}));
    assertThat(refused(Types.FixedType.ofLength(3), wrong))
        .contains("row 2", "2 bytes, the column 3");
    FixedSizeBinaryVector four =
        with(new FixedSizeBinaryVector("v", memory, 4), v -> v.set(0, new byte[4]));
    assertThat(refused(Types.FixedType.ofLength(3), four)).startsWith("BAD_SCHEMA");
  }

  @Test
  void theNullTypeIsAllNulls() throws GateException {
    for (Type type :
        List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.StringType.get(),
            Types.DecimalType.of(9, 2),
            Types.FixedType.ofLength(5))) {
      assertThat(cast(type, new NullVector("v", 2))).containsExactly("null", "null");
    }
  }

  @Test
  void emptyBatchesPass() throws GateException {
    VarCharVector none = new VarCharVector("v", memory);
    none.setValueCount(0);
    assertThat(cast(Types.StringType.get(), none)).isEmpty();
    IntVector ints = new IntVector("v", memory);
    ints.setValueCount(0);
    assertThat(cast(Types.IntegerType.get(), ints)).isEmpty();
  }
}
