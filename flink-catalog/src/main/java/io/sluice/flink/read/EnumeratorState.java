package io.sluice.flink.read;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * What the enumerator remembers in a checkpoint.
 *
 * @param planned whether the splits were decided on: they never are twice
 * @param bucketCount of how many buckets, for ever; 0 if that isn't known
 * @param unassigned those that no reader has taken
 */
record EnumeratorState(boolean planned, int bucketCount, List<SluiceSplit> unassigned) {

  static final EnumeratorState NEW = new EnumeratorState(false, 0, List.of());

  EnumeratorState {
    unassigned = List.copyOf(unassigned);
  }

  /**
   * The state as bytes: planned byte, count int32, then splits as {@link SplitCodec} writes them,
   * bucket count int32, which may be missing.
   */
  static final class Codec implements SimpleVersionedSerializer<EnumeratorState> {

    @Override
    public int getVersion() {
      return new SplitCodec().getVersion();
    }

    @Override
    public byte[] serialize(EnumeratorState state) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeBoolean(state.planned());
      out.writeInt(state.unassigned().size());
      for (SluiceSplit split : state.unassigned()) {
        SplitCodec.write(split, out);
      }
      out.writeInt(state.bucketCount());
      return bytes.toByteArray();
    }

    @Override
    public EnumeratorState deserialize(int version, byte[] serialized) throws IOException {
      SplitCodec.requireVersion(version);
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
      boolean planned = in.readBoolean();
      int count = in.readInt();
      List<SluiceSplit> splits = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        splits.add(SplitCodec.read(in));
      }
      int bucketCount = in.available() > 0 ? in.readInt() : 0;
      return new EnumeratorState(planned, bucketCount, splits);
    }
  }
}
