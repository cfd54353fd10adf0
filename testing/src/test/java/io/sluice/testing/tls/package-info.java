@NullMarked
package io.sluice.testing.tls;

import org.jspecify.annotations.NullMarked;
