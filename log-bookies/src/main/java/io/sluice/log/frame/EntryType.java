package io.sluice.log.frame;

/** What an entry holds; the code is what the entry's second byte holds. */
public enum EntryType {
  /** The bucket's writer window; the first entry of a ledger. */
  WINDOW(0),
  /** Rows. */
  DATA(1),
  /** Where the rows are; the last entry of a ledger that its owner sealed. */
  INDEX(2),
  /** Some of what makes a data entry, of which others follow or came before; see EntryPart. */
  PART(3);

  private final int code;

  EntryType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static EntryType of(int code) {
    for (EntryType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new CorruptEntryException("unknown entry type " + code);
  }
}
