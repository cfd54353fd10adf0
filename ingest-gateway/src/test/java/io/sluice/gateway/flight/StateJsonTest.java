package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.tables.PurgesStatus;
import io.sluice.gateway.tables.TableStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateJsonTest {

  private static final TableName TABLE = new TableName("shop", "orders");

  @Test
  void figuresThatAreNotKnownAreLeftOut() {
    TableStatus.Figures figures =
        new TableStatus.Figures(4, 100, new LakeLag(7, 70, OptionalLong.of(1)), 1.5);

    assertThat(table(Optional.of(figures), null))
        .startsWith(
            "{'database':'shop','table':'orders','buckets':4,'rows':100,'rowsNotInLake':7,"
                + "'bytesNotInLake':70,'secondsNotInLake':1.5,'lastError':null,");
    assertThat(table(Optional.empty(), "no owner answers"))
        .startsWith("{'database':'shop','table':'orders','lastError':'no owner answers',");
  }

  private static String table(Optional<TableStatus.Figures> figures, @Nullable String error) {
    TableStatus status = new TableStatus(TABLE, figures, error, MaintenanceNote.NONE);
    return StateJson.status("g", List.of(status), new PurgesStatus(List.of(), null))
        .path("tables")
        .path(0)
        .toString()
        .replace('"', '\'');
  }
}
