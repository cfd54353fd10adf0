/** The owner's side of a bucket: appends, group commit, writers, roll, recovery. */
@NullMarked
package io.sluice.log.append;

import org.jspecify.annotations.NullMarked;
