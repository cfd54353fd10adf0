package io.sluice.catalog.compaction;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableName;

/**
 * Requests for compaction that reach compactors in other processes: one empty value per table below
 * {@link MetadataPaths#COMPACTION_REQUESTS}, which the compactors watch and take away. See {@link
 * CompactionInbox} for the other side.
 *
 * <p>A gateway asks once for each sealed segment, a few times a minute and table, which a metadata
 * store carries easily, and a watch tells the compactors within milliseconds. The compactors'
 * schedule alone would need a pause of well below a second to make a flush as quick, and would read
 * every bucket's record at each turn. A call from gateway to compactor would need an address, a
 * port and a protocol of its own. The values are named by table, not by its id, because that is
 * what is asked for; a table that was dropped and made again under the same name is looked at once
 * more, which does no harm.
 *
 * <p>A value that is there already says the same: it is taken away <em>before</em> the compactor
 * looks at the table, so that whoever finds it there is looked after. So there is at most one per
 * table, also when nobody takes them. Thread-safe.
 */
public final class CompactionPosts implements CompactionRequests {

  private static final byte[] NOTHING = {};

  private final MetadataStore store;

  /**
   * @param store stays the caller's
   */
  public CompactionPosts(MetadataStore store) {
    this.store = store;
  }

  /** One that can't be posted is lost: the compactors' schedule makes it good. */
  @Override
  public void request(TableName table) {
    var unused = store.create(MetadataPaths.compactionRequest(table.toString()), NOTHING);
  }
}
