/** Settings as a file or the command line gives them, bound to the modules' settings records. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.config;
