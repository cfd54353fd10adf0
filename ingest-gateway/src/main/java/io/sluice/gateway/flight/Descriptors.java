package io.sluice.gateway.flight;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.ProblemException;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;

/** Tables as Flight names them: a path of database and table. */
final class Descriptors {

  static TableName table(FlightDescriptor descriptor) throws ProblemException {
    if (descriptor.getType() != FlightDescriptor.DescriptorType.PATH
        || descriptor.getPathCount() != 2) {
      throw Json.refused(
          "the descriptor must be a path of database and table, got %s %s"
              .formatted(descriptor.getType(), descriptor.getPathList()));
    }
    return Json.tableName(descriptor.getPath(0), descriptor.getPath(1));
  }

  static FlightDescriptor of(TableName table) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.PATH)
        .addPath(table.database())
        .addPath(table.table())
        .build();
  }

  private Descriptors() {}
}
