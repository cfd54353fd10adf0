/** The bucket record: who may append to a bucket and which ledgers hold its rows. */
@NullMarked
package io.sluice.catalog.bucket;

import org.jspecify.annotations.NullMarked;
