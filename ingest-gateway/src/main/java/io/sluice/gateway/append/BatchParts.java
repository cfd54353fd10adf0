package io.sluice.gateway.append;

import io.sluice.log.frame.FrameRows;
import java.util.ArrayList;
import java.util.List;

/** Gathers the frames of a batch that another gateway passes on in several messages. */
public final class BatchParts implements AutoCloseable {

  private final List<FrameRows> frames = new ArrayList<>();
  private int rows;
  private long bytes;

  /** Adds frames whose rows follow those before; takes them over. */
  void add(List<FrameRows> more) {
    int first = rows;
    for (FrameRows frame : more) {
      frames.add(
          new FrameRows(
              frame.rows(),
              first + frame.firstRow(),
              frame.bounds(),
              frame.message(),
              frame.body(),
              frame.groups()));
      rows += frame.rows();
      bytes += frame.bytes();
    }
  }

  /** Returns all frames, for the caller to release, and is empty then. */
  List<FrameRows> take() {
    List<FrameRows> all = List.copyOf(frames);
    clear();
    return all;
  }

  /** Returns the bytes that are held. */
  public long bytes() {
    return bytes;
  }

  private void clear() {
    frames.clear();
    rows = 0;
    bytes = 0;
  }

  /** Releases what is held. */
  @Override
  public void close() {
    frames.forEach(FrameRows::release);
    clear();
  }
}
