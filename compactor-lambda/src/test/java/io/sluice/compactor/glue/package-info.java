/** The lake in AWS Glue and S3, through a proxy that loses and refuses some requests. */
@NullMarked
package io.sluice.compactor.glue;

import org.jspecify.annotations.NullMarked;
