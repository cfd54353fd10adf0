package io.sluice.gateway.gate;

import io.sluice.gateway.gate.BatchHeader.Codec;
import io.sluice.gateway.gate.GateException.Code;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Hands out the parts of a batch's body in the order of its fields, each within its bounds. What it
 * had to inflate, or what else was left with it, lives until it is closed.
 */
final class BodyParts implements AutoCloseable {

  private final BatchHeader header;
  private final ArrowBuf body;
  private final BufferAllocator allocator;
  private final GateLimits limits;
  private final Inflater inflater;
  private final List<ArrowBuf> owned = new ArrayList<>();
  private int nextNode;
  private int nextBuffer;
  private int nextVariadic;

  /**
   * @param body stays the caller's, and must outlive the parts
   */
  BodyParts(BatchHeader header, ArrowBuf body, BufferAllocator allocator, GateLimits limits) {
    this.header = header;
    this.body = body;
    this.allocator = allocator;
    this.limits = limits;
    this.inflater = new Inflater(header.codec(), allocator, limits.maxBytes());
  }

  /**
   * A field's claim.
   *
   * @param length number of values, 0 to the limit
   * @param nulls number of nulls it claims, 0 to {@code length}
   */
  record Node(int length, int nulls) {}

  /** Returns the next field's claim, checked against the limits. */
  Node node() throws GateException {
    if (nextNode >= header.nodes().length) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "the Arrow batch has %d field nodes, fewer than its schema"
              .formatted(header.nodes().length / 2));
    }
    long length = header.nodes()[nextNode];
    long nulls = header.nodes()[nextNode + 1];
    nextNode += 2;
    requireRows(length);
    if (nulls < 0 || nulls > length) {
      throw new GateException(
          Code.BAD_MESSAGE, "a field claims %d nulls among %d values".formatted(nulls, length));
    }
    return new Node((int) length, (int) nulls);
  }

  /** Refuses a number of rows that no batch may have. */
  void requireRows(long rows) throws GateException {
    if (rows < 0) {
      throw new GateException(Code.BAD_MESSAGE, "the Arrow batch claims " + rows + " rows");
    }
    if (rows > limits.maxRows()) {
      throw new GateException(
          Code.TOO_LARGE,
          "the Arrow batch claims %d rows; at most %d are taken".formatted(rows, limits.maxRows()));
    }
  }

  /** Returns the next buffer, inflated; valid until this is closed. */
  ArrowBuf buffer() throws GateException {
    ArrowBuf raw = rawBuffer();
    if (header.codec() == Codec.NONE || raw.capacity() == 0) {
      return raw;
    }
    if (raw.capacity() < Long.BYTES) {
      throw new GateException(
          Code.BAD_MESSAGE, "a compressed buffer of %d bytes".formatted(raw.capacity()));
    }
    return Inflater.isStored(raw)
        ? raw.slice(Long.BYTES, raw.capacity() - Long.BYTES)
        : own(inflater.inflate(raw));
  }

  /** Returns the number of data buffers of the next view column. */
  int variadicCount() throws GateException {
    long[] counts = header.variadicCounts();
    long left = header.buffers().length / 2L;
    if (nextVariadic >= counts.length || counts[nextVariadic] < 0 || counts[nextVariadic] > left) {
      throw new GateException(
          Code.BAD_MESSAGE, "the Arrow batch doesn't say how many data buffers a view column has");
    }
    return (int) counts[nextVariadic++];
  }

  /** Passes over a field and its parts. */
  void skip(WireField field) throws GateException {
    node();
    if (field.dictionary() != null) {
      skipBuffers(2);
      return;
    }
    skipBuffers(field.type().kind().bufferCount());
    if (field.type().kind().isView()) {
      skipBuffers(variadicCount());
    }
    for (WireField child : field.children()) {
      skip(child);
    }
  }

  /** Refuses the batch if it has parts that its schema doesn't. */
  void requireEnd() throws GateException {
    if (nextNode != header.nodes().length || nextBuffer != header.buffers().length) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "the Arrow batch has %d field nodes and %d buffers; its schema has %d and %d"
              .formatted(
                  header.nodes().length / 2,
                  header.buffers().length / 2,
                  nextNode / 2,
                  nextBuffer / 2));
    }
  }

  /** Allocates a buffer that lives as long as the parts. */
  ArrowBuf scratch(long bytes) {
    return own(allocator.buffer(bytes));
  }

  @Override
  public void close() {
    owned.forEach(ArrowBuf::close);
    owned.clear();
  }

  /**
   * Takes over what would be released by {@link #close}, for a dictionary that outlives its batch.
   */
  List<ArrowBuf> release() {
    List<ArrowBuf> released = List.copyOf(owned);
    owned.clear();
    return released;
  }

  private void skipBuffers(int count) throws GateException {
    for (int i = 0; i < count; i++) {
      rawBuffer();
    }
  }

  private ArrowBuf own(ArrowBuf buffer) {
    owned.add(buffer);
    return buffer;
  }

  private ArrowBuf rawBuffer() throws GateException {
    if (nextBuffer >= header.buffers().length) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "the Arrow batch has %d buffers, fewer than its schema"
              .formatted(header.buffers().length / 2));
    }
    long offset = header.buffers()[nextBuffer];
    long length = header.buffers()[nextBuffer + 1];
    nextBuffer += 2;
    long size = body.capacity();
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "buffer %d of the Arrow batch claims bytes [%d, +%d) of a body of %d bytes"
              .formatted(nextBuffer / 2 - 1, offset, length, size));
    }
    return body.slice(offset, length);
  }
}
