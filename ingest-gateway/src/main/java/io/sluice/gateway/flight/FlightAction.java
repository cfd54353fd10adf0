package io.sluice.gateway.flight;

import io.sluice.gateway.auth.Access;
import io.sluice.gateway.auth.Permission;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.util.Arrays;
import java.util.List;

/** The actions that there are, and what each needs of its caller. */
enum FlightAction {
  CREATE_DATABASE("create-database", Permission.on(Access.ADMIN), "{database, ifNotExists}"),
  DROP_DATABASE("drop-database", Permission.on(Access.ADMIN), "{database, ifExists}"),
  LIST_DATABASES("list-databases", Permission.LISTING, "{} -> {databases}"),
  CREATE_TABLE(
      "create-table",
      Permission.on(Access.ADMIN),
      "{database, table, schema, options, comment, ifNotExists} -> description"),
  ALTER_TABLE(
      "alter-table",
      Permission.on(Access.ADMIN),
      "{database, table, options: {name: value, or null to reset}} -> description"),
  DROP_TABLE("drop-table", Permission.on(Access.ADMIN), "{database, table, ifExists, purge}"),
  LIST_TABLES("list-tables", Permission.on(Access.DESCRIBE), "{database} -> {tables}"),
  DESCRIBE_TABLE(
      "describe-table", Permission.on(Access.DESCRIBE), "{database, table} -> description"),
  WATERMARKS(
      "watermarks",
      Permission.on(Access.DESCRIBE),
      "{database, table, buckets} -> {buckets: [{bucket, start, watermark}]}"),
  OFFSETS_AT(
      "offsets-at",
      Permission.on(Access.DESCRIBE),
      "{database, table, timeMicros, buckets} -> {buckets: [{bucket, offset}]}"),
  FLUSH(
      "flush",
      Permission.on(Access.WRITE),
      "{database, table, timeoutMs} -> {buckets: [{bucket, watermark, lakeOffset}], inLake}"),
  TRUNCATE(
      "truncate",
      Permission.on(Access.ADMIN),
      "{database, table, timeoutMs} -> {buckets: [{bucket, lakeOffset}], removedSnapshot}"),
  COMMIT_TRANSACTIONS(
      "commit-transactions",
      Permission.on(Access.WRITE),
      "{database, table, incarnation, transactions: [{bucket, writerEpoch, n, rows}]}"),
  ABORT_TRANSACTIONS(
      "abort-transactions",
      Permission.on(Access.WRITE),
      "{database, table, incarnation, transactions: [{bucket, writerEpoch, n, rows}]}"),
  GATEWAYS("gateways", Permission.TOKEN, "{} -> {gateways: [{id, host, port, level}]}"),
  STATUS("status", Permission.LISTING, "{} -> {gateway, tables}"),
  SEAL("seal", Permission.GATEWAYS, ""),
  FORGET_TABLE("forget-table", Permission.GATEWAYS, ""),
  KNOWS_WRITER("knows-writer", Permission.GATEWAYS, "");

  private final String type;

  @SuppressWarnings("ImmutableEnumChecker") // a record of enums
  private final Permission permission;

  private final String description;

  /**
   * @param description what goes in and out; empty for what isn't for clients
   */
  FlightAction(String type, Permission permission, String description) {
    this.type = type;
    this.permission = permission;
    this.description = description;
  }

  /** Returns its name on the wire. */
  String type() {
    return type;
  }

  Permission permission() {
    return permission;
  }

  /** Returns what goes in and out. */
  String description() {
    return description;
  }

  /** Returns the actions for clients. */
  static List<FlightAction> ofClients() {
    return Arrays.stream(values()).filter(action -> !action.description.isEmpty()).toList();
  }

  /**
   * Returns the action of that name.
   *
   * @throws ProblemException if there is none
   */
  static FlightAction of(String type) throws ProblemException {
    for (FlightAction action : values()) {
      if (action.type.equals(type)) {
        return action;
      }
    }
    throw new ProblemException(
        Problem.invalid(
            "there is no action '"
                + type
                + "'; there are "
                + ofClients().stream().map(FlightAction::type).toList()));
  }

  /**
   * Lets a call pass that its caller may make.
   *
   * @param body the call's JSON
   * @throws ProblemException if it may not, or doesn't say what the call is about
   */
  void check(Caller caller, byte[] body) throws ProblemException {
    if (permission.ofDatabase()) {
      permission.check(caller.principal(), Json.text("action " + type, body, "database"));
    } else {
      permission.check(caller.principal());
    }
  }
}
