/** Flink SQL in a JVM of its own, on Flink's class path: {@link io.sluice.cli.sql.SqlShell}. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.sql;
