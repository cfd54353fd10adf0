package io.sluice.flink.write;

import io.sluice.catalog.table.TableName;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceException;
import java.util.List;
import java.util.stream.Collectors;

/** What an append-only table can't take, and what to do instead. */
final class Refusals {

  private static final String LAKE =
      " Rows can be deleted by an engine that writes Iceberg tables, once they are in the lake, and"
          + " go by themselves after 'lake.retention'.";

  private static final String GONE =
      ". Rows that came before the checkpoint are gone, and a restart from it fails again. Start from"
          + " an older savepoint, which writes them again (and doubles what had been committed after"
          + " it), or without the sink's state (--allowNonRestoredState, and another uid or"
          + " statement), which leaves them out. Transactions expire after 'transaction.timeout'"
          + " without a commit: make it longer than a job may be down";

  private static final String UNKNOWN =
      ". Either they were aborted, or weren't committed within 'transaction.timeout', and rows that"
          + " came before the checkpoint are lost, or they were committed more than"
          + " 'transaction.retention' ago, and the rows are there. Look whether the table has those rows. If it has them, start"
          + " without the sink's state (--allowNonRestoredState, and another uid or statement): an"
          + " older savepoint would double them. If not, start from an older savepoint, which writes"
          + " them again (and doubles what had been committed after it), or without the sink's state,"
          + " which leaves them out. Make 'transaction.timeout' longer than a job may be down, and"
          + " 'transaction.retention' than a savepoint is kept";

  /** A gateway's word for transactions that are recorded neither as pending nor as committed. */
  private static final String MISSING = "TRANSACTION_MISSING";

  private static final int SHOWN = 10;

  /**
   * Returns why changes of earlier rows are refused.
   *
   * @param what wants to change them
   */
  static String changes(TableName table, String what) {
    return "table "
        + table
        + " takes new rows only, as it is a log without a primary key, but got "
        + what
        + ". Have the query only add rows: aggregate in windows (TUMBLE, HOP, CUMULATE), join within"
        + " an interval or FOR SYSTEM_TIME AS OF, deduplicate by the first row in event time, or run"
        + " it in batch mode";
  }

  static String overwrite(TableName table) {
    return "table "
        + table
        + " can't be overwritten: its log only takes new rows. In batch mode, TRUNCATE TABLE and then"
        + " INSERT INTO does it, in two steps: between them readers see an empty table";
  }

  static String delete(TableName table) {
    return "rows of table "
        + table
        + " can't be deleted by Flink: its log only takes new rows. TRUNCATE TABLE removes all."
        + LAKE;
  }

  static String update(TableName table) {
    return "rows of table "
        + table
        + " can't be updated: its log only takes new rows. INSERT the new row, and have queries take"
        + " the newest row of each key."
        + LAKE;
  }

  /** Returns why transactions can't be committed, and what becomes of their rows. */
  static String lost(SinkSpec spec, List<PreparedTransaction> transactions, SluiceException e) {
    return "transactions of table "
        + spec.name()
        + " at "
        + spec.endpoint().address()
        + " can't be committed: "
        + e.getMessage()
        + buckets(transactions)
        + remedy(e);
  }

  /** Returns that transactions weren't committed in time, and what becomes of their rows. */
  static String late(SinkSpec spec, List<PreparedTransaction> transactions, SluiceException e) {
    return "transactions of table "
        + spec.name()
        + " at "
        + spec.endpoint().address()
        + " aren't known to be committed after 'sink.commit-timeout' of "
        + spec.commitTimeout()
        + ": "
        + e.getMessage()
        + buckets(transactions)
        + ". No row is lost: the job commits them when it starts again from its checkpoint, within"
        + " 'transaction.timeout'. Check that gateways run and that this machine reaches them";
  }

  private static String buckets(List<PreparedTransaction> transactions) {
    String which =
        transactions.stream()
            .map(one -> one.bucket() + " (writer epoch " + one.writerEpoch() + ", " + one.n() + ")")
            .limit(SHOWN)
            .collect(Collectors.joining(", "));
    String more =
        transactions.size() > SHOWN ? ", and " + (transactions.size() - SHOWN) + " more" : "";
    return ". They are of the buckets " + which + more;
  }

  private static String remedy(SluiceException e) {
    if (e.code().equals(MISSING)) {
      return UNKNOWN;
    }
    return switch (e.reason()) {
      case TRANSACTION_LOST, NOT_FOUND -> GONE;
      default -> "";
    };
  }

  private Refusals() {}
}
