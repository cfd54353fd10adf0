package io.sluice.catalog.lake;

import io.sluice.catalog.table.TableName;
import java.util.List;

/**
 * What a lake says of a table that Sluice may have made.
 *
 * @param name of the table
 * @param location its folder; empty if only the catalog knows
 * @param metadataFiles what may be its current metadata: one, unless its catalog has lost it and
 *     the folder has several of the highest version
 * @param named whether the lake's catalog has a table of that name and folder
 */
public record LakeFind(TableName name, String location, List<String> metadataFiles, boolean named) {

  public LakeFind {
    metadataFiles = List.copyOf(metadataFiles);
  }
}
