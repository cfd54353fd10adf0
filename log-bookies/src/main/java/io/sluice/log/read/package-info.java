/** Reading a bucket's rows, frame by frame. */
@NullMarked
package io.sluice.log.read;

import org.jspecify.annotations.NullMarked;
