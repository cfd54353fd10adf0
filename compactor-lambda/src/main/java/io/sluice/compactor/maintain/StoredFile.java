package io.sluice.compactor.maintain;

/**
 * What decides whether a data file is rewritten.
 *
 * @param location where it is
 * @param bytes its length
 * @param first not above the place of any of its rows
 * @param own whether all of its rows are Sluice's own, as far as its metrics say
 * @param deletes whether there are delete files for it
 */
record StoredFile(String location, long bytes, RowKey first, boolean own, boolean deletes) {}
