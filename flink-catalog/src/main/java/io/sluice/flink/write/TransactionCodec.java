package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The name of a transaction as checkpoints and savepoints have it. Version 1, big endian:
 *
 * <pre>
 *    0  incarnation   16 bytes, a UUID
 *   16  bucket         4
 *   20  writer epoch  16 bytes, a UUID
 *   36  n              8
 *   44  rows           8
 *   52
 * </pre>
 *
 * Neither endpoint nor table is in it: a savepoint may be restored against another gateway, and a
 * table renamed.
 */
final class TransactionCodec implements SimpleVersionedSerializer<PreparedTransaction> {

  private static final int VERSION = 1;
  private static final int BYTES = 52;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(PreparedTransaction transaction) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    put(bytes, transaction.incarnation());
    bytes.putInt(transaction.bucket());
    put(bytes, transaction.writerEpoch());
    return bytes.putLong(transaction.n()).putLong(transaction.rows()).array();
  }

  @Override
  public PreparedTransaction deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "the state of this sink is of version "
              + version
              + ", but this Sluice reads "
              + VERSION
              + ": restore it with the Sluice that wrote it, or a later one");
    }
    if (serialized.length != BYTES) {
      throw new IOException(
          "a transaction in the state of this sink takes "
              + BYTES
              + " bytes, but has "
              + serialized.length);
    }
    ByteBuffer bytes = ByteBuffer.wrap(serialized);
    UUID incarnation = uuid(bytes);
    int bucket = bytes.getInt();
    UUID epoch = uuid(bytes);
    long n = bytes.getLong();
    return new PreparedTransaction(incarnation, bucket, epoch, n, bytes.getLong());
  }

  private static void put(ByteBuffer bytes, UUID id) {
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID uuid(ByteBuffer bytes) {
    long most = bytes.getLong();
    return new UUID(most, bytes.getLong());
  }
}
