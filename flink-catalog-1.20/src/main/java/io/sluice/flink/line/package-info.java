/**
 * What differs between the lines of Flink: each module that makes a jar has this package of its
 * own, with the same classes.
 */
@NullMarked
package io.sluice.flink.line;

import org.jspecify.annotations.NullMarked;
