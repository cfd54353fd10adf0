package io.sluice.flink;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.PastTable;
import io.sluice.flink.metadata.MetadataTable;
import io.sluice.flink.procedure.Procedures;
import io.sluice.flink.statistics.LakeStatistics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogDatabaseImpl;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotEmptyException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.ProcedureNotExistException;
import org.apache.flink.table.catalog.exceptions.TableAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.catalog.stats.CatalogColumnStatistics;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.procedures.Procedure;
import org.jspecify.annotations.Nullable;

/** Sluice's databases and tables, as a gateway has them. */
final class SluiceCatalog extends AppendOnlyCatalog {

  private static final String HOW_TO_OPEN =
      ". Set 'default-database' to a database that the token may read, or have this one made by"
          + " who may";

  private final Endpoint endpoint;
  private final LakeStatistics statistics;
  private final QueryTimes times = new QueryTimes();
  private @Nullable SluiceClient client;

  SluiceCatalog(String name, String defaultDatabase, Endpoint endpoint) {
    super(name, defaultDatabase);
    this.endpoint = endpoint;
    this.statistics = new LakeStatistics(endpoint);
  }

  @Override
  public Optional<Factory> getFactory() {
    return Optional.of(new SluiceTableFactory(endpoint, times));
  }

  @Override
  public void open() {
    client = endpoint.connect();
    try {
      // To make one needs more of a token than to find it there.
      if (!client.listDatabases().contains(getDefaultDatabase())) {
        client.createDatabase(getDefaultDatabase(), true);
      }
    } catch (SluiceException e) {
      close();
      throw new CatalogException(
          "catalog '"
              + getName()
              + "' can't open database '"
              + getDefaultDatabase()
              + "' at "
              + endpoint.address()
              + ": "
              + e.getMessage()
              + (e.reason() == Reason.UNAUTHORIZED ? HOW_TO_OPEN : ""),
          e);
    }
  }

  @Override
  public void close() {
    SluiceClient opened = client;
    client = null;
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  public List<String> listDatabases() {
    try {
      return client().listDatabases();
    } catch (SluiceException e) {
      throw failure("list databases", e);
    }
  }

  @Override
  public boolean databaseExists(String database) {
    return listDatabases().contains(database);
  }

  @Override
  public CatalogDatabase getDatabase(String database) throws DatabaseNotExistException {
    if (!databaseExists(database)) {
      throw new DatabaseNotExistException(getName(), database);
    }
    return new CatalogDatabaseImpl(Map.of(), null);
  }

  @Override
  public void createDatabase(String name, CatalogDatabase database, boolean ignoreIfExists)
      throws DatabaseAlreadyExistException {
    if (!database.getProperties().isEmpty() || !commentOf(database).isEmpty()) {
      throw new CatalogException(
          "database '"
              + name
              + "' can't have a comment or properties: a database of Sluice is a name alone, and"
              + " the tables have comments and options; leave COMMENT and WITH out");
    }
    try {
      client().createDatabase(name, ignoreIfExists);
    } catch (SluiceException e) {
      if (e.reason() == Reason.ALREADY_EXISTS) {
        throw new DatabaseAlreadyExistException(getName(), name, e);
      }
      throw failure("create database '" + name + "'", e);
    }
  }

  /** Flink answers null for a database without a comment. */
  private static String commentOf(CatalogDatabase database) {
    @Nullable String comment = database.getComment();
    return comment == null ? "" : comment;
  }

  @Override
  public void dropDatabase(String name, boolean ignoreIfNotExists, boolean cascade)
      throws DatabaseNotExistException, DatabaseNotEmptyException {
    try {
      List<String> tables = databaseExists(name) ? client().listTables(name) : List.of();
      if (!tables.isEmpty() && !cascade) {
        throw new DatabaseNotEmptyException(getName(), name);
      }
      for (String table : tables) {
        client().dropTable(new TableName(name, table), true, false);
      }
      client().dropDatabase(name, ignoreIfNotExists);
    } catch (SluiceException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        throw new DatabaseNotExistException(getName(), name, e);
      }
      throw failure("drop database '" + name + "'", e);
    }
  }

  @Override
  public List<String> listTables(String database) throws DatabaseNotExistException {
    try {
      return client().listTables(database);
    } catch (SluiceException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        throw new DatabaseNotExistException(getName(), database, e);
      }
      throw failure("list tables of '" + database + "'", e);
    }
  }

  @Override
  public CatalogBaseTable getTable(ObjectPath path) throws TableNotExistException {
    times.lookedUp(path, Optional.empty());
    Suffix named = Suffix.of(path);
    if (named.name().isEmpty()) {
      throw new TableNotExistException(getName(), path);
    }
    try {
      TableDescription table = client().describe(named.name().get());
      Optional<MetadataTable> metadata = named.metadata();
      return metadata.isPresent()
          ? CatalogTables.of(metadata.get().columns(endpoint, table))
          : CatalogTables.of(table, named);
    } catch (IOException e) {
      throw new CatalogException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CatalogException("table " + path + ": " + e.getMessage(), e);
    } catch (SluiceException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        throw new TableNotExistException(getName(), path, e);
      }
      throw failure("describe table " + path, e);
    }
  }

  /**
   * Returns a table as it was at a time, for {@code FOR SYSTEM_TIME AS OF}.
   *
   * @param timestamp the time, in milliseconds since 1970
   * @throws CatalogException if nothing can be known of that time; the message says why
   */
  @Override
  public CatalogBaseTable getTable(ObjectPath path, long timestamp) throws TableNotExistException {
    times.lookedUp(path, Optional.of(timestamp));
    Suffix named = Suffix.of(path);
    if (named.name().isEmpty()) {
      throw new TableNotExistException(getName(), path);
    }
    if (!named.hasRows()) {
      throw new CatalogException(
          "`"
              + path.getObjectName()
              + "` has no FOR SYSTEM_TIME AS OF: it shows what is known now");
    }
    try {
      TableDescription now = client().describe(named.name().get());
      try (LakeCatalog lake = LakeCatalog.open(endpoint, now)) {
        return CatalogTables.of(PastTable.at(lake, timestamp), now, named);
      }
    } catch (IOException e) {
      throw new CatalogException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CatalogException("table " + path + ": " + e.getMessage(), e);
    } catch (SluiceException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        throw new TableNotExistException(getName(), path, e);
      }
      throw failure("describe table " + path, e);
    }
  }

  @Override
  public boolean tableExists(ObjectPath path) {
    try {
      getTable(path);
      return true;
    } catch (TableNotExistException e) {
      return false;
    }
  }

  @Override
  public void createTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfExists)
      throws TableAlreadyExistException, DatabaseNotExistException {
    if (!(table instanceof ResolvedCatalogTable resolved)) {
      throw new CatalogException("Sluice stores no " + table.getTableKind() + ": " + path);
    }
    try {
      TableName name = new TableName(path.getDatabaseName(), path.getObjectName());
      client().createTable(CatalogTables.spec(name, resolved, ignoreIfExists));
    } catch (IllegalArgumentException e) {
      throw new CatalogException(e.getMessage(), e);
    } catch (SluiceException e) {
      if (e.reason() == Reason.ALREADY_EXISTS) {
        throw new TableAlreadyExistException(getName(), path, e);
      }
      if (e.reason() == Reason.NOT_FOUND) {
        throw new DatabaseNotExistException(getName(), path.getDatabaseName(), e);
      }
      throw failure("create table " + path, e);
    }
  }

  @Override
  public void alterTable(
      ObjectPath path, CatalogBaseTable table, List<TableChange> changes, boolean ignoreIfNotExists)
      throws TableNotExistException {
    Optional<TableName> name = plain(path, "ALTER TABLE");
    try {
      if (name.isPresent()) {
        alter(name.get(), table, changes);
      } else if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path);
      }
    } catch (IllegalArgumentException e) {
      throw new CatalogException(e.getMessage(), e);
    } catch (SluiceException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw failure("alter table " + path, e);
      }
      if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path, e);
      }
    }
  }

  private void alter(TableName name, CatalogBaseTable table, List<TableChange> asked)
      throws SluiceException {
    Optional<ResolvedSchema> after =
        table instanceof ResolvedCatalogTable resolved
            ? Optional.of(resolved.getResolvedSchema())
            : Optional.empty();
    DerivedColumns before = DerivedColumns.parse(client().describe(name).options());
    TableChanges changes = new TableChanges(name, asked, before, after);
    if (changes.optionsFirst()) {
      alterOptions(name, changes);
    }
    if (changes.columns().isPresent()) {
      var unused = client().alterColumns(name, changes.columns().get());
    }
    if (!changes.optionsFirst()) {
      alterOptions(name, changes);
    }
  }

  private void alterOptions(TableName name, TableChanges changes) throws SluiceException {
    if (changes.options().isPresent()) {
      var unused = client().alterTable(name, changes.options().get());
    }
  }

  @Override
  public void dropTable(ObjectPath path, boolean ignoreIfNotExists) throws TableNotExistException {
    Optional<TableName> name = plain(path, "DROP TABLE");
    try {
      if (name.isPresent()) {
        client().dropTable(name.get(), ignoreIfNotExists, false);
      } else if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path);
      }
    } catch (SluiceException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        throw new TableNotExistException(getName(), path, e);
      }
      throw failure("drop table " + path, e);
    }
  }

  @Override
  public CatalogTableStatistics getTableStatistics(ObjectPath path) {
    return rowsOf(path)
        .map(table -> statistics.table(client(), table))
        .orElse(CatalogTableStatistics.UNKNOWN);
  }

  @Override
  public CatalogColumnStatistics getTableColumnStatistics(ObjectPath path) {
    return rowsOf(path).map(statistics::columns).orElse(CatalogColumnStatistics.UNKNOWN);
  }

  /** Returns the table whose rows a path means, if it is there and can be asked. */
  private Optional<TableDescription> rowsOf(ObjectPath path) {
    Suffix named = Suffix.of(path);
    if (named.name().isEmpty() || !named.hasRows()) {
      return Optional.empty();
    }
    try {
      return Optional.of(client().describe(named.name().get()));
    } catch (SluiceException e) {
      // A query that reads it will say so.
      return Optional.empty();
    }
  }

  @Override
  public List<String> listProcedures(String database) {
    return database.equals(Procedures.DATABASE) ? Procedures.names() : List.of();
  }

  @Override
  public Procedure getProcedure(ObjectPath path) throws ProcedureNotExistException {
    return Optional.of(path)
        .filter(named -> named.getDatabaseName().equals(Procedures.DATABASE))
        .flatMap(named -> Procedures.named(named.getObjectName(), endpoint))
        .orElseThrow(() -> new ProcedureNotExistException(getName(), path));
  }

  /** Returns the table that a statement is to change, or empty if no table can be named so. */
  private Optional<TableName> plain(ObjectPath path, String statement) {
    Suffix named = Suffix.of(path);
    if (!named.isPlain() && tableExists(path)) {
      throw new CatalogException(named.refusal(statement));
    }
    return named.isPlain() ? named.name() : Optional.empty();
  }

  private SluiceClient client() {
    if (client == null) {
      throw new CatalogException("catalog '" + getName() + "' isn't open");
    }
    return client;
  }

  private CatalogException failure(String what, SluiceException e) {
    return new CatalogException(
        "catalog '" + getName() + "' can't " + what + ": " + e.getMessage(), e);
  }
}
