/** The HTTP API: DDL, rows in and out, the Iceberg REST catalog's routes, metrics and health. */
@NullMarked
package io.sluice.gateway.http;

import org.jspecify.annotations.NullMarked;
