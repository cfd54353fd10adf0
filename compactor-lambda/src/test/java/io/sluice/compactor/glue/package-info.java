/** Commits to AWS Glue, through a proxy that loses some. */
@NullMarked
package io.sluice.compactor.glue;

import org.jspecify.annotations.NullMarked;
