package io.sluice.flink.read;

import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import io.sluice.flink.read.SluiceSplit.TotalsSplit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Splits as bytes, big-endian.
 *
 * <pre>
 * version 1: kind 0 (lake):  number int32, count int32, then per task: length int32, UTF-8
 *            kind 1 (range): incarnation 2 x int64, bucket int32, position int64, to int64, lakeFirst byte
 *            kind 2 (totals): count int32, then per value: there byte, value as modified UTF-8
 *            kind 3 (lake, begun): rows read int64, then as kind 0, of which none were read
 * </pre>
 */
final class SplitCodec implements SimpleVersionedSerializer<SluiceSplit> {

  private static final int VERSION = 1;
  private static final int LAKE = 0;
  private static final int RANGE = 1;
  private static final int TOTALS = 2;
  private static final int LAKE_BEGUN = 3;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(SluiceSplit split) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    write(split, out);
    return bytes.toByteArray();
  }

  @Override
  public SluiceSplit deserialize(int version, byte[] serialized) throws IOException {
    requireVersion(version);
    return read(new DataInputStream(new ByteArrayInputStream(serialized)));
  }

  static void requireVersion(int version) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "state of version "
              + version
              + ", but this connector reads "
              + VERSION
              + "; restore with the connector that wrote it, or a newer one");
    }
  }

  static void write(SluiceSplit split, DataOutputStream out) throws IOException {
    if (split instanceof LakeSplit lake) {
      if (lake.rowsRead() == 0) {
        out.writeByte(LAKE);
      } else {
        out.writeByte(LAKE_BEGUN);
        out.writeLong(lake.rowsRead());
      }
      out.writeInt(lake.number());
      out.writeInt(lake.tasks().size());
      for (String task : lake.tasks()) {
        byte[] utf8 = task.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
    } else if (split instanceof RangeSplit range) {
      out.writeByte(RANGE);
      writeUuid(range.incarnation(), out);
      out.writeInt(range.bucket());
      out.writeLong(range.position());
      out.writeLong(range.to());
      out.writeBoolean(range.lakeFirst());
    } else if (split instanceof TotalsSplit totals) {
      out.writeByte(TOTALS);
      out.writeInt(totals.values().size());
      for (String value : totals.values()) {
        out.writeBoolean(value != null);
        out.writeUTF(value == null ? "" : value);
      }
    }
  }

  static SluiceSplit read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    if (kind == LAKE || kind == LAKE_BEGUN) {
      long rowsRead = kind == LAKE ? 0 : in.readLong();
      int number = in.readInt();
      int count = in.readInt();
      List<String> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] utf8 = new byte[in.readInt()];
        in.readFully(utf8);
        tasks.add(new String(utf8, StandardCharsets.UTF_8));
      }
      return new LakeSplit(number, tasks, rowsRead);
    }
    if (kind == RANGE) {
      return new RangeSplit(
          readUuid(in), in.readInt(), in.readLong(), in.readLong(), in.readBoolean());
    }
    if (kind == TOTALS) {
      int count = in.readInt();
      List<@Nullable String> values = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        boolean there = in.readBoolean();
        String value = in.readUTF();
        values.add(there ? value : null);
      }
      return new TotalsSplit(values);
    }
    throw new IOException("split of unknown kind " + kind);
  }

  private static void writeUuid(UUID uuid, DataOutputStream out) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  private static UUID readUuid(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
