package io.sluice.gateway.gate;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A column, or a part of one, as a schema message says it.
 *
 * @param name its name
 * @param type its type; if it is dictionary-encoded, that of the dictionary's values
 * @param dictionary how it is dictionary-encoded, or null
 * @param children its parts
 */
record WireField(
    String name, WireType type, @Nullable Dictionary dictionary, List<WireField> children) {

  /**
   * A column holds places in a dictionary.
   *
   * @param id the dictionary's number
   * @param index the integer type of the places
   */
  record Dictionary(long id, WireType index) {}

  WireField {
    children = List.copyOf(children);
  }

  /** Returns the field within all runs: what may have a dictionary, or else has the values. */
  WireField inRuns() {
    return type.kind() == WireType.Kind.RUN_END && dictionary == null
        ? children.get(1).inRuns()
        : this;
  }

  @Override
  public String toString() {
    if (dictionary != null) {
      return "dictionary of " + type;
    }
    return switch (type.kind()) {
      case RUN_END -> "run_end_encoded of " + children.get(1);
      case STRUCT, LIST, LIST_VIEW, FIXED_LIST, MAP ->
          children.stream()
              .map(child -> child.name + ": " + child)
              .collect(Collectors.joining(", ", type + "<", ">"));
      default -> "" + type;
    };
  }
}
