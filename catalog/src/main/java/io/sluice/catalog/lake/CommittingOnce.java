package io.sluice.catalog.lake;

import java.util.function.Consumer;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;

/**
 * Operations that show one version of the metadata until a commit on exactly that version has
 * succeeded, which is tried once, and the newest one from then on. So Iceberg neither retries nor,
 * since what goes wrong leaves it as an exception that it doesn't know, cleans up after anything
 * but a commit that is certain. Of what a commit makes unused, the table's own files alone are
 * deleted.
 */
final class CommittingOnce extends ForwardingOperations {

  /** The commit was refused: certainly nothing was committed. */
  static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refused(CommitFailedException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private final TableMetadata checked;
  private final Consumer<TableMetadata> check;
  private boolean tried;
  private boolean committed;

  /**
   * @param check looks at what is about to be committed, and throws if it must not be
   */
  CommittingOnce(TableOperations operations, TableMetadata checked, Consumer<TableMetadata> check) {
    super(operations);
    this.checked = checked;
    this.check = check;
  }

  /** Tells whether a commit was tried. */
  boolean tried() {
    return tried;
  }

  /** Tells whether the commit has certainly succeeded. */
  boolean committed() {
    return committed;
  }

  @Override
  public FileIO io() {
    return new OwnFilesIO(super.io(), checked.location());
  }

  @Override
  public TableMetadata current() {
    return committed ? operations.current() : checked;
  }

  @Override
  public TableMetadata refresh() {
    return committed ? operations.refresh() : checked;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata changed) {
    if (tried || base != checked) {
      throw new IllegalStateException("only one commit, on what was checked, is let through");
    }
    check.accept(changed);
    tried = true;
    try {
      operations.commit(base, changed);
      committed = true;
    } catch (CommitFailedException e) {
      throw new Refused(e);
    }
  }
}
