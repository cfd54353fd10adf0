/** Certificates and keys as their PEM files have them. */
@NullMarked
package io.sluice.catalog.tls;

import org.jspecify.annotations.NullMarked;
