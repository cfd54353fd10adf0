/** Reading a bucket's rows for any protocol. */
@NullMarked
package io.sluice.gateway.read;

import org.jspecify.annotations.NullMarked;
