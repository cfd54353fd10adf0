package io.sluice.log.read;

import io.netty.buffer.ByteBuf;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryPart;
import io.sluice.log.frame.EntryParts;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.PartsGatherer;
import io.sluice.log.segment.SegmentReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ledger's entries forward, as many at a time as probably fit; a data entry that is stored
 * in parts comes as one. Of those, only the parts with wanted columns are read: entries are guessed
 * to be stored like those before them, so that several can be asked for at once. One caller at a
 * time, but for {@link #close}; owns its reader.
 */
final class EntryScan implements AutoCloseable {

  private static final int MOST_ENTRIES = 256;
  private static final int MOST_AHEAD = 64;

  /**
   * Which of the ledger's entries to read of a data entry.
   *
   * @param count how many it is stored in
   * @param parts the numbers of those to read, from 1, beside the first
   * @param bytes what is read of it then
   */
  private record Pick(int count, List<Integer> parts, long bytes) {

    /** Of an entry of which nothing is known: its first is read alone. */
    static final Pick UNKNOWN = new Pick(1, List.of(), 0);

    static Pick of(EntryPart first, WantedColumns wanted) {
      List<Integer> parts = new ArrayList<>();
      long bytes = first.bytes().readableBytes();
      for (int i = 1; i < first.count(); i++) {
        EntryPart.Place place = first.others().get(i - 1);
        int[] columns = wanted.of(place.schemaId());
        if (columns == null || place.hasAny(columns)) {
          parts.add(i);
          bytes += place.length();
        }
      }
      return new Pick(first.count(), parts, bytes);
    }

    /** Returns whether another one's entries are those of this one, whatever their size. */
    boolean isLike(Pick other) {
      return count == other.count && parts.equals(other.parts);
    }
  }

  private final SegmentReader reader;
  private final WantedColumns wanted;
  private final long endEntry;
  private long nextEntry;

  /** Of the next data entry, as far as it is known; null while entries come that are whole. */
  private @Nullable Pick pick;

  /** Of two data entries that followed each other, so that it is likely of those to come. */
  private Pick usual = Pick.UNKNOWN;

  /** Of the last data entry that was returned. */
  private Pick before = Pick.UNKNOWN;

  /** Of one of the ledger's entries, or what is read of a data entry in parts. */
  private long averageBytes = 64 << 10;

  /** How many entries to guess ahead: twice as many after guesses that were right, else half. */
  private long ahead = 1;

  private @Nullable PartsGatherer gatherer;
  private boolean closed;

  /**
   * @param wanted the columns that are looked at
   * @param firstEntry id of the entry to begin with: of a data entry in parts the first part's
   * @param endEntry one past the id of the last entry to read; of a data entry in parts that isn't
   *     there as a whole nothing is returned
   */
  EntryScan(SegmentReader reader, WantedColumns wanted, long firstEntry, long endEntry) {
    this.reader = reader;
    this.wanted = wanted;
    this.nextEntry = firstEntry;
    this.endEntry = endEntry;
    this.pick = wanted.isAll() ? null : Pick.UNKNOWN;
  }

  long ledgerId() {
    return reader.ledgerId();
  }

  /** Returns whether there is nothing more to read. */
  boolean atEnd() {
    return nextEntry >= endEntry;
  }

  /**
   * Reads on; not at the end.
   *
   * @return entries that follow each other, none of them a part, for the caller to release; perhaps
   *     none
   */
  CompletableFuture<List<ByteBuf>> next(int maxBytes) {
    long fit = Math.max(1, maxBytes / averageBytes);
    long guessed = wanted.isAll() ? fit : Math.min(ahead, fit);
    return pick == null
        ? readRange(Math.min(MOST_ENTRIES, guessed))
        : readPicked(pick, Math.min(MOST_AHEAD, guessed));
  }

  private CompletableFuture<List<ByteBuf>> readRange(long count) {
    long end = Math.min(endEntry, nextEntry + count);
    return reader
        .read(nextEntry, end)
        .thenApply(entries -> using(entries, whole -> takeRange(entries, whole)));
  }

  private synchronized void takeRange(List<ByteBuf> entries, List<ByteBuf> whole) {
    long bytes = 0;
    int taken = 0;
    int windows = 0;
    try {
      while (taken < entries.size() && pick == null) {
        ByteBuf entry = entries.get(taken);
        EntryHeader header = EntryHeader.read(entry);
        if (header.type() == EntryType.PART && !wanted.isAll()) {
          pick = Pick.UNKNOWN;
        } else {
          boolean window = header.type() == EntryType.WINDOW;
          bytes += window ? 0 : entry.readableBytes();
          windows += window ? 1 : 0;
          taken++;
          takeNext(header, entry, whole);
        }
      }
      nextEntry += taken;
      learn(bytes, taken - windows, pick == null);
    } finally {
      if (closed || atEnd()) {
        forgetParts();
      }
    }
  }

  private void learn(long bytes, int taken, boolean right) {
    // A window, which comes first, says nothing of the entries behind it.
    averageBytes = bytes <= 0 || taken == 0 ? averageBytes : Math.max(1, bytes / taken);
    ahead = right ? Math.min(2 * ahead, MOST_ENTRIES) : Math.max(1, ahead / 2);
  }

  private void takeNext(EntryHeader header, ByteBuf entry, List<ByteBuf> whole) {
    if (header.type() == EntryType.PART) {
      EntryPart part = EntryPart.read(header, entry);
      if (gatherer == null) {
        gatherer = new PartsGatherer(part);
        return;
      }
      ByteBuf gathered = gatherer.add(part);
      if (gathered != null) {
        gatherer = null;
        whole.add(gathered);
      }
    } else if (gatherer != null) {
      throw new CorruptEntryException(
          "a %s entry comes before the last part of a data entry".formatted(header.type()));
    } else {
      whole.add(entry.retain());
    }
  }

  private CompletableFuture<List<ByteBuf>> readPicked(Pick guess, long most) {
    Pick first = nextEntry + guess.count() <= endEntry ? guess : Pick.UNKNOWN;
    Pick others = usual.equals(Pick.UNKNOWN) ? first : usual;
    List<CompletableFuture<List<ByteBuf>>> reads = new ArrayList<>();
    reads.add(read(nextEntry, first));
    if (!first.equals(Pick.UNKNOWN)) {
      for (long at = nextEntry + first.count();
          reads.size() < most && at + others.count() <= endEntry;
          at += others.count()) {
        reads.add(read(at, others));
      }
    }
    return all(reads)
        .thenApply(
            entries ->
                using(
                    entries.stream().flatMap(List::stream).toList(),
                    whole -> takePicked(entries, first, others, whole)));
  }

  /** Reads the first part of a data entry that begins at an entry, and the others of the pick. */
  private CompletableFuture<List<ByteBuf>> read(long at, Pick likely) {
    List<CompletableFuture<List<ByteBuf>>> runs = new ArrayList<>();
    long first = at;
    long end = at + 1;
    for (int part : likely.parts()) {
      if (at + part > end) {
        runs.add(ask(first, end));
        first = at + part;
      }
      end = at + part + 1;
    }
    runs.add(ask(first, end));
    return all(runs).thenApply(read -> read.stream().flatMap(List::stream).toList());
  }

  /** Whatever a call throws, the others are waited for, and what they read is given back. */
  private CompletableFuture<List<ByteBuf>> ask(long first, long end) {
    try {
      return reader.read(first, end);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized void takePicked(
      List<List<ByteBuf>> entries, Pick likely, Pick others, List<ByteBuf> whole) {
    long bytes = 0;
    boolean right = true;
    for (int i = 0; i < entries.size() && right && !atEnd(); i++) {
      List<ByteBuf> read = entries.get(i);
      Pick guess = i == 0 ? likely : others;
      ByteBuf entry = read.get(0);
      EntryHeader header = EntryHeader.read(entry);
      if (header.type() != EntryType.PART) {
        pick = header.type() == EntryType.DATA ? null : Pick.UNKNOWN;
        right = false;
        if (guess.equals(Pick.UNKNOWN)) {
          whole.add(entry.retain());
          nextEntry++;
        }
      } else {
        EntryPart first = first(header, entry);
        pick = Pick.of(first, wanted);
        right = pick.isLike(guess);
        if (nextEntry + first.count() > endEntry) {
          nextEntry = endEntry;
        } else if (right || pick.parts().isEmpty()) {
          whole.add(EntryParts.some(first, right ? parts(pick, read) : Map.of()));
          bytes += pick.bytes();
          nextEntry += first.count();
          usual = pick.isLike(before) ? pick : usual;
          before = pick;
        }
      }
    }
    learn(bytes, whole.size(), right);
    if (!right && pick != null && pick.bytes() > 0) {
      averageBytes = pick.bytes();
    }
  }

  private EntryPart first(EntryHeader header, ByteBuf entry) {
    EntryPart first = EntryPart.read(header, entry);
    if (!first.isFirst()) {
      throw new CorruptEntryException(
          "entry %d is part %d where part 0 is due".formatted(nextEntry, first.index()));
    }
    return first;
  }

  private static Map<Integer, EntryPart> parts(Pick pick, List<ByteBuf> read) {
    Map<Integer, EntryPart> parts = new HashMap<>();
    for (int i = 0; i < pick.parts().size(); i++) {
      ByteBuf entry = read.get(i + 1);
      parts.put(pick.parts().get(i), EntryPart.read(EntryHeader.read(entry), entry));
    }
    return parts;
  }

  /** Fails as the first one does that fails, and gives back then what the others read. */
  private static CompletableFuture<List<List<ByteBuf>>> all(
      List<CompletableFuture<List<ByteBuf>>> reads) {
    return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return reads.stream().map(CompletableFuture::join).toList();
              }
              for (CompletableFuture<List<ByteBuf>> read : reads) {
                var unused = read.thenAccept(entries -> entries.forEach(ByteBuf::release));
              }
              throw failure instanceof CompletionException e ? e : new CompletionException(failure);
            });
  }

  /** Gives the ledger's entries back, and what was made of them if that fails. */
  private static List<ByteBuf> using(List<ByteBuf> entries, Consumer<List<ByteBuf>> take) {
    List<ByteBuf> whole = new ArrayList<>();
    try {
      take.accept(whole);
      return whole;
    } catch (RuntimeException | Error e) {
      whole.forEach(ByteBuf::release);
      throw e;
    } finally {
      entries.forEach(ByteBuf::release);
    }
  }

  private void forgetParts() {
    if (gatherer != null) {
      gatherer.release();
      gatherer = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    forgetParts();
    reader.close();
  }
}
