package io.sluice.compactor.work;

import java.util.stream.Collectors;
import org.apache.iceberg.PartitionSpec;

/**
 * The partition spec of a result's files. An id whose spec is gone may come back with another
 * meaning, so that both are compared.
 *
 * @param id the spec's id in the table's metadata
 * @param fields its fields' ids, source columns and transforms; empty if there are none
 */
public record ResultSpec(int id, String fields) {

  /** Returns what tells a spec from others of its table. */
  public static ResultSpec of(PartitionSpec spec) {
    return new ResultSpec(
        spec.specId(),
        spec.fields().stream()
            .map(field -> field.fieldId() + ":" + field.sourceId() + ":" + field.transform())
            .collect(Collectors.joining(",")));
  }
}
