package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * An entry and what goes into the ledger for it.
 *
 * @param whole the entry; one reference, for the caller to release
 * @param parts one or more entries of the ledger, each with a reference of its own
 */
public record StoredEntry(ByteBuf whole, List<ByteBuf> parts) {

  /** Makes one that is stored as it is; takes the entry over. */
  public static StoredEntry of(ByteBuf entry) {
    return new StoredEntry(entry, List.of(entry.retainedDuplicate()));
  }

  /**
   * Makes a data entry, as {@link DataEntry#encode} does, and takes it apart where its frames say
   * so.
   *
   * @param frames at least one; their buffers stay the caller's
   */
  public static StoredEntry of(List<DataEntry.Part> frames, long relativeOffset, long timeMicros) {
    ByteBuf entry = DataEntry.encode(frames, relativeOffset, timeMicros);
    try {
      return new StoredEntry(entry, EntryParts.of(entry, frames, timeMicros));
    } catch (RuntimeException | Error e) {
      entry.release();
      throw e;
    }
  }
}
