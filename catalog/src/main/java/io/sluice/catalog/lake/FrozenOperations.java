package io.sluice.catalog.lake;

import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * Operations that show one version of the metadata for ever and commit nothing: Iceberg computes a
 * snapshot on them, and can neither refresh, retry nor clean up.
 */
final class FrozenOperations extends ForwardingOperations {

  private final TableMetadata metadata;
  private final FileIO io;

  FrozenOperations(TableOperations operations, TableMetadata metadata) {
    super(operations);
    this.metadata = metadata;
    this.io = new KeepingFileIO(operations.io());
  }

  @Override
  public TableMetadata current() {
    return metadata;
  }

  @Override
  public TableMetadata refresh() {
    return metadata;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata changed) {
    throw new UnsupportedOperationException("frozen operations commit nothing");
  }

  @Override
  public FileIO io() {
    return io;
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return operations.temp(metadata).metadataFileLocation(fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return LocationProviders.locationsFor(metadata.location(), metadata.properties());
  }
}
