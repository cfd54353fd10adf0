package io.sluice.catalog.metadata;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The places of things in a {@link MetadataStore}. */
public final class MetadataPaths {

  /** Parent of all databases. */
  public static final String DATABASES = "/databases";

  /** Parent of all databases' tables. */
  public static final String TABLES = "/tables";

  /** Parent of the names of tables by id. */
  public static final String TABLE_IDS = "/table-ids";

  /** Parent of the bucket records by table id. */
  public static final String BUCKETS = "/buckets";

  /** Parent of the compaction records by table id. */
  public static final String WORK = "/work";

  /** Parent of the records of when tables were maintained, by table id. */
  public static final String MAINTENANCE = "/maintenance";

  /** Parent of the pointers to Iceberg metadata files. */
  public static final String LAKE = "/lake";

  /** Parent of the tables that gateways want compacted. */
  public static final String COMPACTION_REQUESTS = "/compaction-requests";

  /** Parent of what compactors say of their failures, by table id. */
  public static final String COMPACTION_ERRORS = "/compaction-errors";

  /** Parent of the live gateways. */
  public static final String GATEWAYS = "/gateways";

  /** Parent of the gateways that hand their buckets over before they stop. */
  public static final String LEAVING = "/leaving";

  /** Parent of the marks of logs whose tables were dropped, by incarnation. */
  public static final String DROPPED_LOGS = "/dropped-logs";

  /** Parent of what is to be purged, by table id. */
  public static final String PURGES = "/purges";

  /** Returns the place of a database. */
  public static String database(String database) {
    return DATABASES + "/" + segment(database);
  }

  /** Returns the parent of a database's tables. */
  public static String tables(String database) {
    return TABLES + "/" + segment(database);
  }

  /** Returns the place of a table record. */
  public static String table(String database, String table) {
    return tables(database) + "/" + segment(table);
  }

  /** Returns the place of the name of a table. */
  public static String tableId(UUID tableId) {
    return TABLE_IDS + "/" + tableId;
  }

  /** Returns the parent of a table's bucket records. */
  public static String buckets(UUID tableId) {
    return BUCKETS + "/" + tableId;
  }

  /** Returns the place of a bucket record. */
  public static String bucket(UUID tableId, int bucket) {
    return buckets(tableId) + "/" + bucket;
  }

  /** Returns the place of a table's compaction record. */
  public static String work(UUID tableId) {
    return WORK + "/" + tableId;
  }

  /** Returns the place of the record of when a table was maintained. */
  public static String maintenance(UUID tableId) {
    return MAINTENANCE + "/" + tableId;
  }

  /** Returns the parent of a database's pointers into the lake. */
  public static String lakeTables(String database) {
    return LAKE + "/" + segment(database);
  }

  /** Returns the place of the pointer to a lake table's metadata file. */
  public static String lakeTable(String database, String table) {
    return lakeTables(database) + "/" + segment(table);
  }

  /** Returns the place of a request to compact a table. */
  public static String compactionRequest(String table) {
    return COMPACTION_REQUESTS + "/" + segment(table);
  }

  /** Returns the place of why a table's last compaction failed. */
  public static String compactionError(UUID tableId) {
    return COMPACTION_ERRORS + "/" + tableId;
  }

  /** Returns the place of a gateway's ephemeral entry. */
  public static String gateway(String gatewayId) {
    return GATEWAYS + "/" + segment(gatewayId);
  }

  /** Returns the place of the ephemeral entry of a gateway that hands its buckets over. */
  public static String leavingGateway(String gatewayId) {
    return LEAVING + "/" + segment(gatewayId);
  }

  /** Returns the place of the mark of a dropped table's log. */
  public static String droppedLog(UUID incarnation) {
    return DROPPED_LOGS + "/" + incarnation;
  }

  /** Returns the place of what is known of a table's purge. */
  public static String purge(UUID tableId) {
    return PURGES + "/" + tableId;
  }

  /** Makes any text one segment of a path; {@link #text} undoes it. */
  public static String segment(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a path segment must not be empty");
    }
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    // Dots are not encoded above, but "." and ".." mean something else in a path.
    return encoded.startsWith(".") ? "%2E" + encoded.substring(1) : encoded;
  }

  /** Returns the text that {@link #segment} encoded. */
  public static String text(String segment) {
    return URLDecoder.decode(segment, StandardCharsets.UTF_8);
  }

  /**
   * Checks a path.
   *
   * @return {@code path}
   * @throws IllegalArgumentException if it is not of the form {@code /a/b/c}
   */
  public static String check(String path) {
    if (!path.startsWith("/") || path.length() < 2) {
      throw new IllegalArgumentException("a path must be like /a/b: '" + path + "'");
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "a path must not have empty, '.' or '..' segments: '" + path + "'");
      }
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a path must not have control characters: '" + path + "'");
    }
    return path;
  }

  private MetadataPaths() {}
}
