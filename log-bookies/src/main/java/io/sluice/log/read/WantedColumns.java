package io.sluice.log.read;

import org.jspecify.annotations.Nullable;

/**
 * Which columns of the rows a reader wants. The others needn't be read where they are stored apart;
 * then they read as zeros.
 */
@FunctionalInterface
public interface WantedColumns {

  /** All of them. */
  WantedColumns ALL =
      new WantedColumns() {
        @Override
        public int @Nullable [] of(int schemaId) {
          return null;
        }

        @Override
        public boolean isAll() {
          return true;
        }
      };

  /** None: only what frames say of their rows. */
  WantedColumns NONE = schemaId -> new int[0];

  /**
   * Returns the columns of one schema.
   *
   * @return their places in it; null if all are wanted
   */
  int @Nullable [] of(int schemaId);

  /** Returns whether all columns are wanted, of each schema. */
  default boolean isAll() {
    return false;
  }
}
