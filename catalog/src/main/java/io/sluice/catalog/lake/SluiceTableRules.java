package io.sluice.catalog.lake;

import io.sluice.catalog.table.SchemaRules;
import io.sluice.catalog.table.Table;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types.NestedField;

/**
 * What another engine's commit to the lake table of a Sluice table must leave as it is: what
 * compaction, readers and a DROP rely on. All else is the engine's to change.
 */
final class SluiceTableRules {

  /** Besides Sluice's own: what says where files are to be, and how they are to be read. */
  private static final List<String> FIXED_PROPERTIES =
      List.of(
          LakeProperties.PREFIX,
          "encryption.",
          TableProperties.WRITE_LOCATION_PROVIDER_IMPL,
          TableProperties.WRITE_METADATA_LOCATION,
          TableProperties.WRITE_DATA_LOCATION,
          "write.object-storage.path",
          "write.folder-storage.path");

  /**
   * Checks a commit.
   *
   * @throws ForbiddenException if it would change what must stay; the message says what, and where
   *     it is changed instead
   */
  static void check(Table table, TableMetadata base, TableMetadata updated) {
    require(table, base.uuid().equals(updated.uuid()), "its lake table's UUID stays");
    require(table, base.location().equals(updated.location()), "its location stays");
    require(
        table,
        base.formatVersion() == updated.formatVersion(),
        "its format version stays: it is the option format-version of CREATE TABLE");
    checkProperties(table, base, updated);
    checkSchema(table, base.schema(), updated.schema());
    for (PartitionField field : updated.spec().fields()) {
      require(
          table,
          canCompute(field, updated.schema()),
          "compaction writes by its partition spec, and has no transform '"
              + field.transform()
              + "'");
    }
    String tag = LakeView.tag(table.incarnation());
    require(
        table,
        Objects.equals(base.ref(tag), updated.ref(tag)),
        "its tag " + tag + " stays: compaction goes on from there");
    require(
        table,
        Progress.inForce(base, table.incarnation())
            .equals(Progress.inForce(updated, table.incarnation())),
        "how far it is compacted stays: leave '"
            + Progress.PROPERTY
            + "' out of snapshots, and keep those that have it as the newest");
  }

  private static boolean canCompute(PartitionField field, Schema schema) {
    NestedField source = schema.findField(field.sourceId());
    if (source == null) {
      return field.transform().isVoid();
    }
    try {
      var unused = field.transform().bind(source.type());
      return true;
    } catch (RuntimeException e) {
      // A transform of another Iceberg's.
      return false;
    }
  }

  private static void checkProperties(Table table, TableMetadata base, TableMetadata updated) {
    Set<String> keys = new TreeSet<>(base.properties().keySet());
    keys.addAll(updated.properties().keySet());
    for (String key : keys) {
      boolean fixed =
          FIXED_PROPERTIES.stream().anyMatch(key::startsWith)
              && !key.equals(LakeProperties.DELTA_ENCODING);
      require(
          table,
          !fixed || Objects.equals(base.properties().get(key), updated.properties().get(key)),
          "its property '"
              + key
              + "' stays: options are altered by ALTER TABLE in Flink SQL, 'sluice table alter', or"
              + " PATCH /v1/databases/{database}/tables/{table}");
    }
  }

  private static void checkSchema(Table table, Schema base, Schema updated) {
    if (base.sameSchema(updated)) {
      return;
    }
    try {
      SchemaRules.checkChange(table, base, updated);
    } catch (IllegalArgumentException e) {
      require(table, false, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Checks that a commit's files are where the compactor will look for them: it carries them over
   * into its own next snapshot.
   *
   * @throws BadRequestException if they can't be read
   * @throws ForbiddenException if a manifest list is another table's
   */
  static void requireReadable(TableMetadata base, TableMetadata updated, FileIO io) {
    for (Snapshot snapshot : updated.snapshots()) {
      if (base.snapshot(snapshot.snapshotId()) != null) {
        continue;
      }
      List<ManifestFile> manifests;
      if (snapshot.manifestListLocation() != null) {
        requireBelow(base.location(), snapshot.manifestListLocation());
      }
      try {
        manifests = snapshot.allManifests(io);
      } catch (RuntimeException e) {
        throw new BadRequestException(
            e,
            "the manifest list of snapshot %s can't be read by Sluice: %s: %s",
            snapshot.snapshotId(),
            snapshot.manifestListLocation(),
            e.getMessage());
      }
      for (ManifestFile manifest : manifests) {
        if (updated.spec(manifest.partitionSpecId()) == null) {
          throw new BadRequestException(
              "manifest %s is of partition spec %s, which the table has not",
              manifest.path(), manifest.partitionSpecId());
        }
      }
    }
  }

  private static void requireBelow(String tableLocation, String manifestList) {
    if (!LakePaths.normal(manifestList).startsWith(LakePaths.normal(tableLocation) + "/")) {
      throw new ForbiddenException(
          "a manifest list must be below its table's location, %s, and is at %s",
          tableLocation, manifestList);
    }
  }

  private static void require(Table table, boolean fine, String what) {
    if (!fine) {
      throw new ForbiddenException(
          "Cannot commit to %s, which is a table of Sluice: %s", table.name(), what);
    }
  }

  private SluiceTableRules() {}
}
