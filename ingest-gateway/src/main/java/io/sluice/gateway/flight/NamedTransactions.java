package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.tables.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The transactions that an action is about, as JSON.
 *
 * @param incarnation of the log that has their rows
 * @param transactions at least one
 */
record NamedTransactions(TableName table, UUID incarnation, List<Ending.One> transactions) {

  private static final int MOST = 10_000;

  static NamedTransactions read(String type, byte[] body) throws ProblemException {
    Json json =
        Json.read(
            "action " + type, body, Set.of("database", "table", "incarnation", "transactions"));
    JsonNode given = json.node("transactions");
    if (!given.isArray() || given.isEmpty() || given.size() > MOST) {
      throw json.wrong("transactions", "an array of 1 to " + MOST + " objects", given);
    }
    List<Ending.One> transactions = new ArrayList<>();
    for (JsonNode one : given) {
      transactions.add(read(Json.write(one)));
    }
    return new NamedTransactions(json.table(), json.uuid("incarnation"), transactions);
  }

  private static Ending.One read(byte[] one) throws ProblemException {
    Json json = Json.read("transaction", one, Set.of("bucket", "writerEpoch", "n", "rows"));
    return new Ending.One(
        (int) json.whole("bucket", 0, Integer.MAX_VALUE),
        new TransactionKey(json.uuid("writerEpoch"), json.whole("n", 0, Long.MAX_VALUE)),
        json.whole("rows", 1, Long.MAX_VALUE));
  }

  static ObjectNode write(TableName table, UUID incarnation, List<Ending.One> transactions) {
    ObjectNode json =
        Json.object()
            .put("database", table.database())
            .put("table", table.table())
            .put("incarnation", incarnation.toString());
    ArrayNode array = json.putArray("transactions");
    for (Ending.One one : transactions) {
      array
          .addObject()
          .put("bucket", one.bucket())
          .put("writerEpoch", one.key().writerEpoch().toString())
          .put("n", one.key().n())
          .put("rows", one.rows());
    }
    return json;
  }

  int highestBucket() {
    return transactions.stream().mapToInt(Ending.One::bucket).max().orElse(0);
  }

  Ending of(Table known, boolean forwarded) {
    return new Ending(known, incarnation, transactions, forwarded);
  }
}
