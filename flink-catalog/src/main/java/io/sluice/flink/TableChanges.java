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
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/** What Flink's ALTER TABLE asks for, as Sluice has it. */
final class TableChanges {

  private final TableName table;
  private final Map<String, String> set = new LinkedHashMap<>();
  private final Set<String> reset = new LinkedHashSet<>();
  private final List<ColumnChange> columns = new ArrayList<>();

  /**
   * Reads changes.
   *
   * @throws IllegalArgumentException if there are some that can't be made; the message says what to
   *     do instead
   */
  TableChanges(TableName table, List<TableChange> changes) {
    this.table = table;
    changes.forEach(this::add);
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
      set.put(option.getKey(), option.getValue());
    } else if (change instanceof TableChange.ResetOption option) {
      reset.add(option.getKey());
    } else if (change instanceof TableChange.AddColumn added) {
      addColumn(added);
    } else if (change instanceof TableChange.DropColumn dropped) {
      columns.add(new ColumnChange.Drop(dropped.getColumnName()));
    } else if (change instanceof TableChange.ModifyColumn modified) {
      modify(modified);
    } else {
      throw new IllegalArgumentException(
          "table "
              + table
              + " can't be altered so: options and columns can be changed, not "
              + change.getClass().getSimpleName());
    }
  }

  private void addColumn(TableChange.AddColumn added) {
    Column column = physical(added.getColumn());
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
    Column before = physical(modified.getOldColumn());
    Column after = physical(modified.getNewColumn());
    String name = before.getName();
    LogicalType was = before.getDataType().getLogicalType();
    LogicalType is = after.getDataType().getLogicalType();
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
    if (!after.getComment().equals(before.getComment())) {
      columns.add(new ColumnChange.Comment(name, after.getComment().orElse("")));
    }
    if (!after.getName().equals(name)) {
      columns.add(new ColumnChange.Rename(name, after.getName()));
    }
    TableChange.@Nullable ColumnPosition position = modified.getNewPosition();
    if (position != null) {
      columns.add(new ColumnChange.Move(name, place(position)));
    }
  }

  private static Place place(TableChange.ColumnPosition position) {
    return position instanceof TableChange.After after
        ? new Place.After(after.column())
        : new Place.First();
  }

  private Column physical(Column column) {
    if (!column.isPhysical()) {
      throw new IllegalArgumentException(
          "column '"
              + column.getName()
              + "' of table "
              + table
              + " can't be computed or metadata: Sluice stores what is written; use a view");
    }
    return column;
  }
}
