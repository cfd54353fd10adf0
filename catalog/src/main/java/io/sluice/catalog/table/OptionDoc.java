package io.sluice.catalog.table;

/**
 * What the documentation says of one option.
 *
 * @param key its name
 * @param range the values it takes
 * @param defaultValue the value it has when it isn't given; empty if none
 * @param text what it does and why its default is what it is
 */
public record OptionDoc(String key, String range, String defaultValue, String text) {}
