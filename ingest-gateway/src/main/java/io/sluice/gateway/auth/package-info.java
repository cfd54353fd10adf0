/** Who calls, and what they may: tokens, and what each call needs. */
@NullMarked
package io.sluice.gateway.auth;

import org.jspecify.annotations.NullMarked;
