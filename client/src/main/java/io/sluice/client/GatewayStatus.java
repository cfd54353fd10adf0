package io.sluice.client;

import io.sluice.catalog.table.TableName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says of itself and its tables.
 *
 * @param gateway its id
 * @param tables by name
 * @param json the whole answer, for fields that are not here
 */
public record GatewayStatus(String gateway, List<TableStatus> tables, String json) {

  public GatewayStatus {
    tables = List.copyOf(tables);
  }

  /**
   * How a table is.
   *
   * @param name its name
   * @param buckets its number of buckets, or -1 if unknown
   * @param rows all rows it ever took, or -1 if unknown
   * @param rowsNotInLake those of them that are only in the log, or -1 if unknown
   * @param bytesNotInLake their size in the log in bytes, or -1 if unknown
   * @param secondsNotInLake age of the oldest of them in seconds, 0 if there is none, or -1 if
   *     unknown
   * @param lastError what last went wrong with it, if anything
   */
  public record TableStatus(
      TableName name,
      int buckets,
      long rows,
      long rowsNotInLake,
      long bytesNotInLake,
      double secondsNotInLake,
      @Nullable String lastError) {}
}
