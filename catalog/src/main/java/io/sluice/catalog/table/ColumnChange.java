package io.sluice.catalog.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * One thing that ALTER TABLE does to a table's columns. Of several at once, each names columns as
 * they were before all of them; only a {@link Place} may name one that is added with it.
 */
public sealed interface ColumnChange {

  /** Returns the column that changes, by the name that it has, or is to have if it is new. */
  String column();

  /**
   * Says it to Iceberg.
   *
   * @param before what there is that isn't dropped with it
   */
  void applyTo(UpdateSchema update, Schema before);

  /** Returns whether it was done between two schemas, {@code now} being the later one. */
  boolean isDone(Schema before, Schema now);

  /** Returns what became of the column; null if there is no such one, or it was dropped. */
  private static @Nullable NestedField later(String column, Schema before, Schema now) {
    NestedField was = before.findField(column);
    return was == null ? null : now.findField(was.fieldId());
  }

  /**
   * Adds a column, which is null in all rows of before unless it has a default.
   *
   * @param type any
   * @param comment what it is for; may be empty
   * @param place where
   * @param defaultValue what it is instead of null in rows of before, and in those of writers that
   *     leave it out; of {@code type}
   */
  record Add(
      String column, Type type, String comment, Place place, @Nullable Literal<?> defaultValue)
      implements ColumnChange {

    /** Adds a column without a default. */
    public Add(String column, Type type, String comment, Place place) {
      this(column, type, comment, place, null);
    }

    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      ColumnPath path = ColumnPath.ofNew(column, before);
      String doc = comment.isEmpty() ? null : comment;
      update.addColumn(path.parent(), path.name(), type, doc, defaultValue);
      place.move(path, update, before);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField added = now.findField(column);
      return added != null
          && before.findField(added.fieldId()) == null
          && ArrowSchemas.typeText(added.type()).equals(ArrowSchemas.typeText(type));
    }
  }

  /** Drops a column. Its values stay in files until these are rewritten, but nobody sees them. */
  record Drop(String column) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      update.deleteColumn(column);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      return before.findField(column) != null && later(column, before, now) == null;
    }
  }

  /** Gives a column another name. */
  record Rename(String column, String to) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      update.renameColumn(column, to);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && later.name().equals(to);
    }
  }

  /**
   * Gives a column a type that has all of its values.
   *
   * @param type long for an int, double for a float, a decimal of more digits for a decimal
   */
  record Widen(String column, Type type) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      if (!type.isPrimitiveType()) {
        throw new IllegalArgumentException(
            "column '%s' can't become %s: change the fields within it, by their paths, as in %s.x"
                .formatted(column, ArrowSchemas.typeText(type), column));
      }
      update.updateColumn(column, type.asPrimitiveType());
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && later.type().equals(type);
    }
  }

  /** Lets a NOT NULL column have nulls. */
  record Relax(String column) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      update.makeColumnOptional(column);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && later.isOptional();
    }
  }

  /**
   * Says what a column is from now on in rows of writers that leave it out. Rows that are there
   * stay as they are.
   *
   * @param value as {@link ColumnDefaults#parse} takes it
   */
  record Default(String column, JsonNode value) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      NestedField field = before.findField(column);
      update.updateColumnDefault(
          column, field == null ? null : ColumnDefaults.parse(field.type(), value));
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null
          && Objects.equals(later.writeDefaultLiteral(), ColumnDefaults.parse(later.type(), value));
    }
  }

  /**
   * Says what a column is for.
   *
   * @param comment may be empty
   */
  record Comment(String column, String comment) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      update.updateColumnDoc(column, comment.isEmpty() ? null : comment);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && Objects.equals(later.doc(), comment.isEmpty() ? null : comment);
    }
  }

  /** Puts a column elsewhere. */
  record Move(String column, Place place) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update, Schema before) {
      place.move(ColumnPath.of(column, before), update, before);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && place.isOf(later, before, now);
    }
  }

  /** A place among a table's columns, or among the fields of the struct that one is in. */
  sealed interface Place {

    /** Puts a column there. */
    void move(ColumnPath column, UpdateSchema update, Schema before);

    /** Returns whether a column of {@code now} is there; names are those of before. */
    boolean isOf(NestedField column, Schema before, Schema now);

    /** Before all others. */
    record First() implements Place {
      @Override
      public void move(ColumnPath column, UpdateSchema update, Schema before) {
        update.moveFirst(column.toString());
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        return ColumnPath.siblings(column, now).get(0).equals(column);
      }
    }

    /** Behind all that users write. */
    record Last() implements Place {
      @Override
      public void move(ColumnPath column, UpdateSchema update, Schema before) {
        if (column.parent() == null) {
          update.moveBefore(column.toString(), SystemColumns.BUCKET);
          return;
        }
        NestedField known = before.findField(column.toString());
        if (known != null) {
          // A new one is there already.
          List<NestedField> all = ColumnPath.siblings(known, before);
          String last = all.get(all.size() - 1).name();
          if (!last.equals(column.name())) {
            update.moveAfter(column.toString(), column.sibling(last));
          }
        }
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        List<NestedField> all = ColumnPath.siblings(column, now);
        int next = all.indexOf(column) + 1;
        // Another engine may have put columns behind Sluice's own.
        return next < all.size()
            ? all.get(next).name().equals(SystemColumns.BUCKET)
            : !now.columns().contains(column);
      }
    }

    /** Right behind another: the path of a field, or the name alone of one of the same struct. */
    record After(String other) implements Place {
      @Override
      public void move(ColumnPath column, UpdateSchema update, Schema before) {
        if (SystemColumns.isSystemColumn(other)) {
          throw new IllegalArgumentException(
              "column '" + column + "' can't be behind " + other + ": Sluice's own close a row");
        }
        update.moveAfter(column.toString(), sibling(column, before));
      }

      private String sibling(ColumnPath column, Schema before) {
        return column.parent() != null && before.findField(column.sibling(other)) != null
            ? column.sibling(other)
            : other;
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        List<NestedField> all = ColumnPath.siblings(column, now);
        int at = all.indexOf(column);
        if (at < 1) {
          return false;
        }
        int left = all.get(at - 1).fieldId();
        String was = before.findColumnName(left);
        return was != null && (was.equals(other) || was.endsWith("." + other));
      }
    }
  }
}
