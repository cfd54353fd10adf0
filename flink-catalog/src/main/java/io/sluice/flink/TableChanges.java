package io.sluice.flink;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/** What Flink's ALTER TABLE asks for, as Sluice has it. */
final class TableChanges {

  private final TableName table;
  private final Set<String> derived;
  private final Optional<ResolvedSchema> after;
  private final Map<String, String> set = new LinkedHashMap<>();
  private final Set<String> reset = new LinkedHashSet<>();
  private final List<ColumnChange> columns = new ArrayList<>();

  /**
   * Reads changes.
   *
   * @param before what of the schema is Flink's alone, before them
   * @param after the schema after them; empty if it isn't known, and then can't have changed there
   * @throws IllegalArgumentException if there are some that can't be made; the message says what to
   *     do instead
   */
  TableChanges(
      TableName table,
      List<TableChange> changes,
      DerivedColumns before,
      Optional<ResolvedSchema> after) {
    this.table = table;
    this.derived = before.names();
    this.after = after;
    changes.forEach(this::add);
    if (after.isPresent() && changes.stream().anyMatch(TableChanges::isOfSchema)) {
      change(before, DerivedColumns.of(after.get()));
    }
  }

  private static boolean isOfSchema(TableChange change) {
    return change instanceof TableChange.AddColumn
        || change instanceof TableChange.DropColumn
        || change instanceof TableChange.ModifyColumn
        || isOfWatermark(change);
  }

  private static boolean isOfWatermark(TableChange change) {
    return change instanceof TableChange.AddWatermark
        || change instanceof TableChange.ModifyWatermark
        || change instanceof TableChange.DropWatermark;
  }

  private void change(DerivedColumns before, DerivedColumns wanted) {
    Map<String, String> old = before.toOptions();
    wanted
        .toOptions()
        .forEach(
            (option, text) -> {
              if (text.equals(old.get(option))) {
                return;
              }
              if (text.isEmpty()) {
                reset.add(option);
              } else {
                set.put(option, text);
              }
            });
  }

  /** Returns whether the options change first: what Flink computes from a column goes before it. */
  boolean optionsFirst() {
    return columns.stream().anyMatch(ColumnChange.Drop.class::isInstance);
  }

  /** Returns the changes of options, if there are some. */
  Optional<OptionChanges> options() {
    return set.isEmpty() && reset.isEmpty()
        ? Optional.empty()
        : Optional.of(new OptionChanges(set, reset));
  }

  /** Returns the changes of columns, if there are some. */
  Optional<ColumnChanges> columns() {
    return columns.isEmpty() ? Optional.empty() : Optional.of(new ColumnChanges(columns));
  }

  private void add(TableChange change) {
    if (change instanceof TableChange.SetOption option) {
      set.putAll(StoredOptions.stored(Map.of(option.getKey(), option.getValue())));
    } else if (change instanceof TableChange.ResetOption option) {
      reset.add(StoredOptions.stored(option.getKey()));
    } else if (change instanceof TableChange.AddColumn added) {
      addColumn(added);
    } else if (change instanceof TableChange.DropColumn dropped) {
      if (!derived.contains(dropped.getColumnName())) {
        columns.add(new ColumnChange.Drop(dropped.getColumnName()));
      }
    } else if (change instanceof TableChange.ModifyColumn modified) {
      modify(modified);
    } else if (change instanceof TableChange.AddDistribution added) {
      set.putAll(Distributions.options(table, added.getDistribution()));
    } else if (change instanceof TableChange.ModifyDistribution modified) {
      set.putAll(Distributions.options(table, modified.getDistribution()));
    } else if (change instanceof TableChange.DropDistribution) {
      throw new IllegalArgumentException(
          "the DISTRIBUTION of table "
              + table
              + " can't be dropped: its rows are in its buckets for good; make another table, and"
              + " insert the rows there");
    } else if (change instanceof TableChange.AddUniqueConstraint) {
      throw new IllegalArgumentException(
          "table "
              + table
              + " can't have a PRIMARY KEY: Sluice has append-only tables so far; leave it out");
    } else if (!isOfWatermark(change)) {
      throw new IllegalArgumentException(
          "table "
              + table
              + " can't be altered so: options and columns can be changed, not "
              + change.getClass().getSimpleName());
    }
  }

  private void addColumn(TableChange.AddColumn added) {
    Column column = added.getColumn();
    if (!column.isPhysical()) {
      return;
    }
    LogicalType type = column.getDataType().getLogicalType();
    if (!type.isNullable()) {
      throw new IllegalArgumentException(
          "column '"
              + column.getName()
              + "' can't be added to table "
              + table
              + " as NOT NULL: rows of before have no value for it; leave NOT NULL out");
    }
    Place place = added.getPosition() == null ? new Place.Last() : place(added.getPosition());
    columns.add(
        new ColumnChange.Add(
            column.getName(),
            FlinkTypes.icebergType(column.getName(), type),
            column.getComment().orElse(""),
            place));
  }

  private void modify(TableChange.ModifyColumn modified) {
    Column before = modified.getOldColumn();
    Column changed = modified.getNewColumn();
    if (!before.isPhysical() && !changed.isPhysical()) {
      return;
    }
    String name = before.getName();
    if (before.isPhysical() != changed.isPhysical()) {
      throw new IllegalArgumentException(
          "column '"
              + name
              + "' of table "
              + table
              + " is "
              + (before.isPhysical() ? "stored" : "computed")
              + ", and can't become "
              + (before.isPhysical() ? "computed" : "stored")
              + " by MODIFY: DROP it, then ADD it anew");
    }
    LogicalType was = before.getDataType().getLogicalType();
    LogicalType is = changed.getDataType().getLogicalType();
    if (was.isNullable() && !is.isNullable()) {
      throw new IllegalArgumentException(
          "column '"
              + name
              + "' of table "
              + table
              + " can't become NOT NULL: rows of before may have none");
    }
    columns.addAll(
        TypeChanges.between(
            name, FlinkTypes.icebergType(name, was), FlinkTypes.icebergType(name, is)));
    if (is.isNullable() && !was.isNullable()) {
      columns.add(new ColumnChange.Relax(name));
    }
    if (!changed.getComment().equals(before.getComment())) {
      columns.add(new ColumnChange.Comment(name, changed.getComment().orElse("")));
    }
    if (!changed.getName().equals(name)) {
      columns.add(new ColumnChange.Rename(name, changed.getName()));
    }
    TableChange.@Nullable ColumnPosition position = modified.getNewPosition();
    if (position != null) {
      columns.add(new ColumnChange.Move(name, place(position)));
    }
  }

  /** A column that isn't stored is no place: then it is the stored one before that. */
  private Place place(TableChange.ColumnPosition position) {
    if (!(position instanceof TableChange.After behind)) {
      return new Place.First();
    }
    Place place = new Place.First();
    for (Column column : after.map(ResolvedSchema::getColumns).orElse(List.of())) {
      if (column.isPhysical()) {
        place = new Place.After(column.getName());
      }
      if (column.getName().equals(behind.column())) {
        return place;
      }
    }
    return new Place.After(behind.column());
  }
}
