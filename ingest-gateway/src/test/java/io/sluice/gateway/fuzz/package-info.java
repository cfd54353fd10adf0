/** What is hostile on the wire, made by the thousand from seeds. */
@NullMarked
package io.sluice.gateway.fuzz;

import org.jspecify.annotations.NullMarked;
