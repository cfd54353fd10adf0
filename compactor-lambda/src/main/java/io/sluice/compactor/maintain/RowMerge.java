package io.sluice.compactor.maintain;

import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of several files, each exactly once, in order if each file is in order. A file is opened
 * when its first row may be next, and closed after its last: files that follow one another are open
 * one at a time.
 *
 * @param <T> a row
 */
final class RowMerge<T> implements Iterator<T>, Closeable {

  /**
   * A file that was not opened yet.
   *
   * @param first not above the place of any of its rows, if the file is in order
   * @param rows opens it
   */
  record Source<T>(RowKey first, CloseableIterable<T> rows) {}

  private static final class Head<T> {
    private final int number;
    private final CloseableIterable<T> rows;
    private @Nullable CloseableIterator<T> open;
    private @Nullable T row;
    private RowKey key;

    Head(int number, Source<T> source) {
      this.number = number;
      this.rows = source.rows();
      this.key = source.first();
    }
  }

  private final Function<T, RowKey> keys;
  private final PriorityQueue<Head<T>> heads =
      new PriorityQueue<>(
          Comparator.<Head<T>, RowKey>comparing(head -> head.key)
              .thenComparingInt(head -> head.number));

  RowMerge(List<Source<T>> sources, Function<T, RowKey> keys) {
    this.keys = keys;
    for (int i = 0; i < sources.size(); i++) {
      heads.add(new Head<>(i, sources.get(i)));
    }
  }

  @Override
  public boolean hasNext() {
    while (!heads.isEmpty() && heads.element().row == null) {
      Head<T> head = heads.remove();
      head.open = head.rows.iterator();
      advance(head);
    }
    return !heads.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Head<T> head = heads.remove();
    T row = head.row;
    advance(head);
    if (row == null) {
      throw new NoSuchElementException();
    }
    return row;
  }

  /** Puts a head back with its next row, or closes it at its end. */
  private void advance(Head<T> head) {
    CloseableIterator<T> open = head.open;
    if (open != null && open.hasNext()) {
      T row = open.next();
      head.row = row;
      head.key = keys.apply(row);
      heads.add(head);
    } else {
      close(head);
    }
  }

  private static void close(Head<?> head) {
    try {
      CloseableIterator<?> open = head.open;
      if (open != null) {
        open.close();
      }
      head.rows.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    heads.forEach(RowMerge::close);
    heads.clear();
  }
}
