package io.sluice.catalog.table;

import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
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

  /** Says it to Iceberg. */
  void applyTo(UpdateSchema update);

  /** Returns whether it was done between two schemas, {@code now} being the later one. */
  boolean isDone(Schema before, Schema now);

  /** Returns what became of the column; null if there is no such one, or it was dropped. */
  private static @Nullable NestedField later(String column, Schema before, Schema now) {
    NestedField was = before.findField(column);
    return was == null ? null : now.findField(was.fieldId());
  }

  /**
   * Adds a column, which is null in all rows of before.
   *
   * @param type a primitive type
   * @param comment what it is for; may be empty
   * @param place where
   */
  record Add(String column, Type type, String comment, Place place) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update) {
      // With a parent that is none, a dot is part of the name.
      update.addColumn(null, column, type, comment.isEmpty() ? null : comment);
      place.move(column, update);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField added = now.findField(column);
      return added != null
          && before.findField(added.fieldId()) == null
          && added.type().equals(type);
    }
  }

  /** Drops a column. Its values stay in files until these are rewritten, but nobody sees them. */
  record Drop(String column) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update) {
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
    public void applyTo(UpdateSchema update) {
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
    public void applyTo(UpdateSchema update) {
      if (!type.isPrimitiveType()) {
        throw new IllegalArgumentException(
            "column '" + column + "' can't become a " + type + ": it isn't a primitive type");
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
    public void applyTo(UpdateSchema update) {
      update.makeColumnOptional(column);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && later.isOptional();
    }
  }

  /**
   * Says what a column is for.
   *
   * @param comment may be empty
   */
  record Comment(String column, String comment) implements ColumnChange {
    @Override
    public void applyTo(UpdateSchema update) {
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
    public void applyTo(UpdateSchema update) {
      place.move(column, update);
    }

    @Override
    public boolean isDone(Schema before, Schema now) {
      NestedField later = later(column, before, now);
      return later != null && place.isOf(later, before, now);
    }
  }

  /** A place among a table's columns. */
  sealed interface Place {

    /** Puts a column there. */
    void move(String column, UpdateSchema update);

    /** Returns whether a column of {@code now} is there; names are those of before. */
    boolean isOf(NestedField column, Schema before, Schema now);

    /** Before all others. */
    record First() implements Place {
      @Override
      public void move(String column, UpdateSchema update) {
        update.moveFirst(column);
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        return now.columns().get(0).equals(column);
      }
    }

    /** Behind all that users write. */
    record Last() implements Place {
      @Override
      public void move(String column, UpdateSchema update) {
        update.moveBefore(column, SystemColumns.BUCKET);
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        // Another engine may have put columns behind Sluice's own.
        int next = now.columns().indexOf(column) + 1;
        return next < now.columns().size()
            && now.columns().get(next).name().equals(SystemColumns.BUCKET);
      }
    }

    /** Right behind another. */
    record After(String other) implements Place {
      @Override
      public void move(String column, UpdateSchema update) {
        if (SystemColumns.isSystemColumn(other)) {
          throw new IllegalArgumentException(
              "column '" + column + "' can't be behind " + other + ": Sluice's own close a row");
        }
        update.moveAfter(column, other);
      }

      @Override
      public boolean isOf(NestedField column, Schema before, Schema now) {
        NestedField left = before.findField(other);
        int at = now.columns().indexOf(column);
        return left != null && at > 0 && now.columns().get(at - 1).fieldId() == left.fieldId();
      }
    }
  }
}
