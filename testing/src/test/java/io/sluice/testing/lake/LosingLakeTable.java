package io.sluice.testing.lake;

import io.sluice.catalog.lake.Expiry;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.SnapshotChange;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.io.FileIO;

/** A lake table of whose changes every third or so isn't made, or its outcome isn't told. */
record LosingLakeTable(LakeTable table, Random random) implements LakeTable {

  @Override
  public LakeView load() {
    return table.load();
  }

  @Override
  public Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests) {
    return table.append(checked, next, manifests);
  }

  @Override
  public Outcome commit(LakeView checked, Progress next, SnapshotChange change) {
    int fate = random.nextInt(6);
    if (fate == 0) {
      return lost("before");
    }
    Outcome outcome = table.commit(checked, next, change);
    return fate == 1 ? lost("after") : outcome;
  }

  private static Outcome lost(String when) {
    return new Outcome.Unknown(new IllegalStateException("lost " + when + " it was done"));
  }

  @Override
  public int expirable(LakeView checked, Expiry expiry) {
    return table.expirable(checked, expiry);
  }

  @Override
  public Outcome expire(LakeView checked, Expiry expiry) {
    return table.expire(checked, expiry);
  }

  @Override
  public FileIO io() {
    return table.io();
  }
}
