package io.sluice.compactor.write;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PageEncodingsTest {

  private static final long[] EXTREMES = {
    Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE
  };

  @TestFactory
  Stream<DynamicTest> differencesOfLongsAreReadByParquet() {
    return seeds(
        200,
        random -> {
          long[] values = numbers(1 + random.nextInt(600), random);
          ByteSink out = new ByteSink();
          new DeltaPacking().write(values, values.length, false, out);

          DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
          reader.initFromPage(values.length, stream(out));
          for (long value : values) {
            assertThat(reader.readLong()).isEqualTo(value);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> differencesOfIntsAreReadByParquet() {
    return seeds(
        200,
        random -> {
          long[] values = numbers(1 + random.nextInt(600), random);
          for (int i = 0; i < values.length; i++) {
            values[i] = (int) values[i];
          }
          ByteSink out = new ByteSink();
          new DeltaPacking().write(values, values.length, true, out);

          DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
          reader.initFromPage(values.length, stream(out));
          for (long value : values) {
            assertThat(reader.readInteger()).isEqualTo((int) value);
          }
          // Some readers refuse differences of more than 32 bits, which parquet-java doesn't.
          var twin =
              new DeltaBinaryPackingValuesWriterForInteger(
                  100, 1_000, HeapByteBufferAllocator.getInstance());
          for (long value : values) {
            twin.writeInteger((int) value);
          }
          assertThat(out.size()).isEqualTo((int) twin.getBytes().size());
        });
  }

  @Test
  void differencesHaveTheBytesOfTheFormat() {
    ByteSink out = new ByteSink();
    new DeltaPacking().write(new long[] {7, 5, 3, 1, 2, 3, 4, 5}, 8, false, out);

    // The example of Parquet's own description: least difference -2, then 0, 0, 0, 3, 3, 3, 3.
    assertThat(Arrays.copyOf(out.array(), out.size()))
        .startsWith(0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111)
        .hasSize(10 + 8);
  }

  private static long[] numbers(int count, Random random) {
    long[] values = new long[count];
    int kind = random.nextInt(5);
    int bits = random.nextInt(64);
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (kind) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() >> bits;
            case 2 -> EXTREMES[random.nextInt(EXTREMES.length)];
            case 3 -> i * 7L - 100;
            default -> random.nextInt(50) == 0 ? random.nextLong() : 42;
          };
    }
    return values;
  }

  @TestFactory
  Stream<DynamicTest> idsAreReadByParquet() {
    return seeds(
        200,
        random -> {
          int count = 1 + random.nextInt(5_000);
          int width = 1 + random.nextInt(17);
          int run = 1 + random.nextInt(random.nextBoolean() ? 4 : 200);
          long[] ids = new long[count + RunLengths.GROUP];
          for (int i = 0; i < count; i++) {
            ids[i] =
                i % run != 0 && random.nextInt(50) != 0 ? ids[i - 1] : random.nextInt(1 << width);
          }
          long[] expected = Arrays.copyOf(ids, count);
          ByteSink out = new ByteSink();
          RunLengths.writeIds(ids, count, width, out);

          assertThat(decode(out, width, count)).isEqualTo(expected);
        });
  }

  @TestFactory
  Stream<DynamicTest> levelsFromBitmapsAreReadByParquet() {
    return seeds(
        200,
        random -> {
          int rows = 1 + random.nextInt(3_000);
          int run = 1 + random.nextInt(random.nextBoolean() ? 3 : 400);
          try (RootAllocator allocator = new RootAllocator();
              ArrowBuf buffer = allocator.buffer((rows + 7) / 8)) {
            ArrowBuf bitmap = buffer.slice(0, (rows + 7) / 8);
            bitmap.setZero(0, bitmap.capacity());
            long[] expected = new long[rows];
            for (int i = 0; i < rows; i++) {
              boolean turned = random.nextInt(1_000) == 0;
              expected[i] = (i / run % 2 == 1) != turned ? 1 : 0;
              int old = bitmap.getByte(i / 8);
              bitmap.setByte(i / 8, old | ((int) expected[i] << (i % 8)));
            }
            PageBits bits = new PageBits();
            int row = 0;
            while (row < rows) {
              int some = 1 + random.nextInt(rows - row);
              bits.append(bitmap, row, some);
              row += some;
            }
            ByteSink out = new ByteSink();
            RunLengths.writeLevels(bits, bits.ones(), out);

            assertThat(bits.size()).isEqualTo(rows);
            assertThat(bits.ones()).isEqualTo(Arrays.stream(expected).sum());
            assertThat(decode(out, 1, rows)).isEqualTo(expected);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> dictionariesOfNumbersGiveIdsInTheOrderOfFirstSight() {
    return seeds(
        50,
        random -> {
          int different = 1 + random.nextInt(3_000);
          NumberDictionary dictionary = new NumberDictionary();
          Map<Long, Integer> naive = new HashMap<>();
          for (int page = 0; page < 3; page++) {
            long[] values = new long[4_000];
            Arrays.setAll(values, i -> random.nextInt(different) * 0x1_0000_0000L);
            long[] ids = new long[values.length];

            assertThat(dictionary.lookUp(values, values.length, different, ids)).isTrue();
            for (int i = 0; i < values.length; i++) {
              int size = naive.size();
              assertThat(ids[i]).isEqualTo((long) naive.computeIfAbsent(values[i], v -> size));
              assertThat(dictionary.values()[(int) ids[i]]).isEqualTo(values[i]);
            }
          }
          assertThat(dictionary.size()).isEqualTo(naive.size());
          long[] ids = new long[1];
          assertThat(dictionary.lookUp(new long[] {-1}, 1, dictionary.size(), ids)).isFalse();
        });
  }

  @TestFactory
  Stream<DynamicTest> dictionariesOfBytesGiveIdsInTheOrderOfFirstSight() {
    return seeds(
        50,
        random -> {
          List<byte[]> pool = new ArrayList<>();
          int different = 1 + random.nextInt(1_000);
          for (int i = 0; i < different; i++) {
            byte[] value = new byte[random.nextInt(random.nextBoolean() ? 4 : 40)];
            Arrays.fill(value, (byte) random.nextInt(3));
            pool.add(value);
          }
          List<byte[]> values = new ArrayList<>();
          for (int i = 0; i < 4_000; i++) {
            values.add(pool.get(random.nextInt(pool.size())));
          }
          StagedBytes staged = staged(values);
          BytesDictionary dictionary = new BytesDictionary();
          long[] ids = new long[staged.count()];

          assertThat(dictionary.lookUp(staged, 1 << 20, ids)).isTrue();
          Map<ByteBuffer, Integer> naive = new HashMap<>();
          for (int i = 0; i < ids.length; i++) {
            int size = naive.size();
            ByteBuffer value = ByteBuffer.wrap(staged.copy(i));
            assertThat(ids[i]).isEqualTo((long) naive.computeIfAbsent(value, v -> size));
            assertThat(dictionary.values().copy((int) ids[i])).isEqualTo(value.array());
          }
          assertThat(dictionary.lookUp(staged, 0, ids)).isTrue();
          StagedBytes other = staged(List.of("never seen".getBytes(StandardCharsets.UTF_8)));
          long full = dictionary.values().prefixedBytes() + 13;
          assertThat(dictionary.lookUp(other, full, ids)).isFalse();
          assertThat(dictionary.lookUp(other, full + 1, ids)).isTrue();
        });
  }

  private static StagedBytes staged(List<byte[]> values) {
    StagedBytes staged = new StagedBytes();
    try (RootAllocator allocator = new RootAllocator();
        ArrowBuf buffer = allocator.buffer(64)) {
      for (byte[] value : values) {
        buffer.setBytes(0, value);
        staged.ensure(1, value.length);
        staged.addEnd(staged.reserve(buffer, 0, value.length) + value.length);
      }
    }
    return staged;
  }

  @Test
  void floatsAreOrderedAsIcebergOrdersThem() {
    double[] values = {1.5, -0.0, Double.NaN, 0.0, -3e300, Double.POSITIVE_INFINITY};
    long[] doubles = Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    long[] floats =
        Arrays.stream(values).mapToLong(v -> Float.floatToRawIntBits((float) v)).toArray();

    assertThat(FloatOrder.DOUBLES.bounds(doubles, 6))
        .isEqualTo(new FloatOrder.Bounds(1, -3e300, Double.POSITIVE_INFINITY));
    assertThat(FloatOrder.FLOATS.bounds(floats, 6))
        .isEqualTo(new FloatOrder.Bounds(1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    assertThat(FloatOrder.DOUBLES.bounds(new long[] {doubles[3], doubles[1]}, 2))
        .isEqualTo(new FloatOrder.Bounds(0, -0.0, 0.0));
    assertThat(FloatOrder.FLOATS.bounds(new long[] {floats[2], -0x400000L}, 2).isEmpty()).isTrue();
  }

  private static long[] decode(ByteSink out, int width, int count) throws IOException {
    RunLengthBitPackingHybridDecoder decoder =
        new RunLengthBitPackingHybridDecoder(width, stream(out));
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = decoder.readInt();
    }
    return values;
  }

  private static ByteBufferInputStream stream(ByteSink out) {
    return ByteBufferInputStream.wrap(ByteBuffer.wrap(out.array(), 0, out.size()));
  }
}
