package io.sluice.cli;

/**
 * Tells the line breaks that end a CSV row from those inside quotes, as gateways do: a quote begins
 * a quoted field only where a field begins, and means nothing within an unquoted one.
 */
final class CsvQuotes {

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private enum Place {
    FIELD_START,
    UNQUOTED,
    QUOTED,
    /** After a quote in a quoted field: the first half of a doubled one, or the closing one. */
    AFTER_QUOTE
  }

  private Place place = Place.FIELD_START;
  private int fields = 1;
  private int markBytes;

  /** A row begins at the next byte. */
  void begin() {
    place = Place.FIELD_START;
    fields = 1;
  }

  /** Returns how many fields the row has so far. */
  int fields() {
    return fields;
  }

  /** Takes the row's next byte; returns whether it is the line break that ends the row. */
  boolean endsRow(byte b) {
    if (isMark(b)) {
      return false;
    }
    if (place == Place.QUOTED) {
      place = b == '"' ? Place.AFTER_QUOTE : Place.QUOTED;
      return false;
    }
    if (b == '\n') {
      return true;
    }
    if (b == ',') {
      fields++;
      place = Place.FIELD_START;
    } else if (b == '"' && place != Place.UNQUOTED) {
      place = Place.QUOTED;
    } else {
      place = Place.UNQUOTED;
    }
    return false;
  }

  /** The file may begin with a mark of its encoding, which is no part of the first field. */
  private boolean isMark(byte b) {
    boolean next = markBytes < BYTE_ORDER_MARK.length && b == BYTE_ORDER_MARK[markBytes];
    markBytes = next ? markBytes + 1 : BYTE_ORDER_MARK.length;
    return next;
  }
}
