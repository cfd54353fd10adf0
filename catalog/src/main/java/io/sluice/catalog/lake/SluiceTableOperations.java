package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.NameSlots;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.BaseMetastoreTableOperations;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lake table: a pointer in the metadata store to the newest Iceberg metadata file, moved by
 * compare-and-set. Not thread-safe, as Iceberg's other operations.
 */
final class SluiceTableOperations extends BaseMetastoreTableOperations {

  /*
   * A compare-and-set whose answer was lost may have been applied, or may yet be. Because it names
   * the version that it replaces, sending the very same one again is harmless: either it is applied
   * now, or the version has moved, and then the first one can't be applied any more. Once the version
   * has moved, this commit's file is the pointer, or in the log of previous files of whatever has
   * replaced it, or was never there. Only where that log has been cut short is the outcome unknown;
   * and of a table that is made, where another one has its name since: it may have been dropped, or
   * renamed, in between.
   */

  private static final Logger LOG = LoggerFactory.getLogger(SluiceTableOperations.class);
  private static final int ATTEMPTS = 4;
  private static final int LOAD_RETRIES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final long NO_VACANCY = -2;

  private enum Found {
    COMMITTED,
    NOT_COMMITTED,
    NOT_YET,
    UNDECIDED
  }

  private final NameSlots pointers;
  private final TableIdentifier identifier;
  private final String path;
  private final FileIO io;
  private long pointerVersion = -1;
  private long vacancy = NO_VACANCY;

  SluiceTableOperations(NameSlots pointers, TableIdentifier identifier, String path, FileIO io) {
    this.pointers = pointers;
    this.identifier = identifier;
    this.path = path;
    this.io = io;
  }

  @Override
  protected String tableName() {
    return identifier.toString();
  }

  @Override
  public FileIO io() {
    return io;
  }

  @Override
  protected void doRefresh() {
    Optional<Versioned> pointer;
    try {
      pointer = pointers.read(path);
    } catch (MetadataException e) {
      throw new ServiceUnavailableException(
          e, "Cannot load table %s: %s", identifier, e.getMessage());
    }
    if (pointer.isPresent()) {
      pointerVersion = pointer.get().version();
      refreshFromMetadataLocation(LakePointer.decode(path, pointer.get().value()), LOAD_RETRIES);
    } else if (currentMetadataLocation() != null) {
      throw new NoSuchTableException("Table does not exist any more: %s", identifier);
    } else {
      disableRefresh();
    }
  }

  @Override
  protected void doCommit(@Nullable TableMetadata base, TableMetadata metadata) {
    String location = writeNewMetadataIfRequired(base == null, metadata);
    boolean ownFile = !location.equals(metadata.metadataFileLocation());
    boolean inDoubt = false;
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        movePointer(base == null, location);
        return;
      } catch (MetadataException e) {
        last = e;
        if (e.kind() == Kind.UNAVAILABLE) {
          pause(attempt);
          continue;
        }
        inDoubt |= e.kind() == Kind.UNKNOWN;
        Found found = find(base, metadata, location);
        LOG.info("Commit to {} answered {}; looked for it: {}", identifier, e.kind(), found);
        if (found == Found.COMMITTED) {
          return;
        }
        if (found == Found.NOT_COMMITTED || (!inDoubt && e.kind() != Kind.UNKNOWN)) {
          throw conflict(base == null, ownFile ? location : null, e);
        }
        if (found == Found.UNDECIDED) {
          break;
        }
        pause(attempt);
      }
    }
    if (inDoubt) {
      throw new CommitStateUnknownException(
          "Cannot tell whether the commit to " + identifier + " was applied: " + location, last);
    }
    if (base == null) {
      throw new ServiceUnavailableException(
          last, "Cannot create %s: the metadata store is unavailable", identifier);
    }
    throw new CommitFailedException(
        last, "Cannot commit to %s: the metadata store is unavailable", identifier);
  }

  private static void pause(int attempt) {
    LockSupport.parkNanos(FIRST_PAUSE.multipliedBy(1L << attempt).toNanos());
  }

  private void movePointer(boolean create, String location) throws MetadataException {
    byte[] pointer = LakePointer.encode(location);
    if (create) {
      if (vacancy == NO_VACANCY) {
        vacancy = pointers.vacancy(path);
      }
      pointers.create(path, pointer, vacancy);
    } else {
      pointers.replace(path, pointer, pointerVersion);
    }
  }

  private Found find(@Nullable TableMetadata base, TableMetadata metadata, String location) {
    try {
      Optional<Versioned> pointer = pointers.read(path);
      if (pointer.isEmpty()) {
        return base == null ? Found.NOT_YET : Found.UNDECIDED;
      }
      String current = LakePointer.decode(path, pointer.get().value());
      if (current.equals(location)) {
        return Found.COMMITTED;
      }
      if (base != null && pointer.get().version() == pointerVersion) {
        return Found.NOT_YET;
      }
      boolean first = pointer.get().version() == vacancy + 1;
      return find(base, metadata, location, TableMetadataParser.read(io, current), first);
    } catch (MetadataException | RuntimeException e) {
      LOG.warn("Cannot look for a commit to {}: {}", identifier, location, e);
      return Found.NOT_YET;
    }
  }

  /**
   * @param first whether nothing had the name since it was seen to be free
   */
  private static Found find(
      @Nullable TableMetadata base,
      TableMetadata metadata,
      String location,
      TableMetadata now,
      boolean first) {
    boolean sameTable = now.uuid().equals(metadata.uuid());
    if (base == null && !sameTable) {
      return first ? Found.NOT_COMMITTED : Found.UNDECIDED;
    }
    if (!sameTable) {
      return Found.UNDECIDED;
    }
    boolean baseInLog = false;
    for (TableMetadata.MetadataLogEntry entry : now.previousFiles()) {
      if (entry.file().equals(location)) {
        return Found.COMMITTED;
      }
      baseInLog |= base != null && entry.file().equals(base.metadataFileLocation());
    }
    return baseInLog ? Found.NOT_COMMITTED : Found.UNDECIDED;
  }

  private RuntimeException conflict(
      boolean create, @Nullable String unusedFile, MetadataException cause) {
    if (unusedFile != null) {
      try {
        io.deleteFile(unusedFile);
      } catch (RuntimeException e) {
        LOG.warn("Cannot delete unused metadata file {}; orphan removal will", unusedFile, e);
      }
    }
    return create
        ? new AlreadyExistsException(cause, "Table already exists: %s", identifier)
        : new CommitFailedException(
            cause, "Cannot commit to %s: someone else has changed it", identifier);
  }
}
