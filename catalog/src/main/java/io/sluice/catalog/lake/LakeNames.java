package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.NameSlots;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The names of lake tables: where the metadata file of each is, and how names are given up and
 * changed. A call whose outcome can't be found out is a {@link CommitStateUnknownException}.
 * Blocks; thread-safe.
 */
final class LakeNames {

  private static final int ATTEMPTS = 10;

  private final NameSlots pointers;

  LakeNames(BlockingMetadata store) {
    this.pointers = new NameSlots(store);
  }

  NameSlots pointers() {
    return pointers;
  }

  static String path(TableIdentifier identifier) {
    return MetadataPaths.lakeTable(identifier.namespace().level(0), identifier.name());
  }

  Optional<String> location(TableIdentifier identifier) {
    try {
      return pointers.read(path(identifier)).map(pointer -> decode(identifier, pointer));
    } catch (MetadataException e) {
      throw unavailable(e);
    }
  }

  List<TableIdentifier> list(Namespace namespace) {
    try {
      return pointers.list(MetadataPaths.lakeTables(namespace.level(0))).stream()
          .map(segment -> TableIdentifier.of(namespace, MetadataPaths.text(segment)))
          .toList();
    } catch (MetadataException e) {
      throw unavailable(e);
    }
  }

  /**
   * Gives up a name if the location of its metadata file passes {@code condition}.
   *
   * @return the location; empty if there was no such table, or it did not pass
   */
  Optional<String> drop(TableIdentifier identifier, Predicate<String> condition) {
    String what = identifier + " was dropped";
    @Nullable Versioned inDoubt = null;
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> pointer = pointers.read(path(identifier));
        if (pointer.isEmpty()) {
          return Optional.ofNullable(inDoubt).map(dropped -> decode(identifier, dropped));
        }
        requireUntouched(what, inDoubt, pointer.get());
        String location = decode(identifier, pointer.get());
        if (!condition.test(location)) {
          return Optional.empty();
        }
        try {
          pointers.clear(path(identifier), pointer.get().version());
        } catch (MetadataException e) {
          inDoubt = e.kind() == Kind.UNKNOWN ? pointer.get() : inDoubt;
          throw e;
        }
        return Optional.of(location);
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw failed(what, inDoubt, last);
  }

  /**
   * Gives a table another name, in one step.
   *
   * @param check throws if the table with that metadata file must keep its name
   */
  void rename(TableIdentifier from, TableIdentifier to, Consumer<String> check) {
    String what = from + " was renamed to " + to;
    @Nullable Versioned inDoubt = null;
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> pointer = pointers.read(path(from));
        if (pointer.isEmpty()) {
          requireMoved(from, to, inDoubt);
          return;
        }
        requireUntouched(what, inDoubt, pointer.get());
        String location = decode(from, pointer.get());
        check.accept(location);
        if (inDoubt == null && pointers.read(path(to)).isPresent()) {
          throw new AlreadyExistsException("Table already exists: %s", to);
        }
        try {
          pointers.move(path(from), pointer.get(), path(to));
        } catch (MetadataException e) {
          inDoubt = e.kind() == Kind.UNKNOWN ? pointer.get() : inDoubt;
          throw e;
        }
        return;
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw failed(what, inDoubt, last);
  }

  /**
   * Lets a step that was in doubt be tried again only while nothing happened to the name since:
   * what has it now may be another table, that was made after that step had been done.
   */
  private static void requireUntouched(String what, @Nullable Versioned inDoubt, Versioned now) {
    if (inDoubt != null && inDoubt.version() != now.version()) {
      throw new CommitStateUnknownException(
          "Cannot tell whether " + what, new IllegalStateException("others have changed it since"));
    }
  }

  /** Tells whether a table that has gone was moved by an attempt whose outcome was unknown. */
  private void requireMoved(TableIdentifier from, TableIdentifier to, @Nullable Versioned inDoubt)
      throws MetadataException {
    if (inDoubt == null) {
      throw new NoSuchTableException("Table does not exist: %s", from);
    }
    Optional<Versioned> moved = pointers.read(path(to));
    if (moved.isEmpty() || !decode(to, moved.get()).equals(decode(from, inDoubt))) {
      throw new CommitStateUnknownException(
          "Cannot tell whether " + from + " was renamed to " + to,
          new IllegalStateException("others have changed them since"));
    }
  }

  private static String decode(TableIdentifier identifier, Versioned pointer) {
    return LakePointer.decode(path(identifier), pointer.value());
  }

  private static RuntimeException failed(
      String what, @Nullable Versioned inDoubt, @Nullable MetadataException last) {
    return inDoubt == null
        ? unavailable(last)
        : new CommitStateUnknownException("Cannot tell whether " + what, last);
  }

  private static RESTException unavailable(@Nullable MetadataException e) {
    return new ServiceUnavailableException(
        e, "the metadata store is unavailable: %s", e == null ? "" : e.getMessage());
  }
}
