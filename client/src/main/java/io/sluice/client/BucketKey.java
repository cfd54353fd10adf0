package io.sluice.client;

import io.sluice.catalog.types.ArrowSchemas;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.SerializableFunction;

/** A table's bucket key: the column whose Iceberg bucket hash says where a row goes. */
final class BucketKey {

  private final NestedField field;
  private final SerializableFunction<Object, Integer> hash;

  private BucketKey(NestedField field, int buckets) {
    this.field = field;
    this.hash = Transforms.bucket(buckets).bind(field.type());
  }

  static BucketKey of(TableDescription table) {
    String name = table.bucketKey().get(0);
    NestedField field = table.schema().findField(name);
    if (field == null || table.bucketKey().size() > 1) {
      throw new IllegalArgumentException(
          "this client can't split rows by bucket.key "
              + table.bucketKey()
              + " of table "
              + table.name()
              + "; use a newer one");
    }
    return new BucketKey(field, table.bucketCount());
  }

  /** Returns the key's column. */
  FieldVector column(VectorSchemaRoot root) {
    FieldVector vector = root.getVector(field.name());
    if (vector == null) {
      throw new IllegalArgumentException(
          "rows have no column '" + field.name() + "', which is the table's bucket.key");
    }
    if (!vector.getField().getType().equals(ArrowSchemas.type(field.type()))) {
      throw new IllegalArgumentException(
          "column '"
              + field.name()
              + "' is the table's bucket.key, so it must be of its canonical type "
              + ArrowSchemas.type(field.type())
              + ", not "
              + vector.getField().getType());
    }
    return vector;
  }

  /** Returns the bucket of a row; rows without a key go to bucket 0. */
  int bucket(FieldVector column, int row) {
    Object value = IcebergValues.value(field.type(), column, row);
    Integer bucket = value == null ? null : hash.apply(value);
    return bucket == null ? 0 : bucket;
  }
}
