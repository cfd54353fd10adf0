package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads structs: JSON objects; fields that one doesn't name are null. */
class StructValue extends NestedValue {

  /** One field, and the last struct that named it. */
  private static final class Member {
    private final NestedValue value;
    private int lastNamed;

    Member(NestedValue value) {
      this.value = value;
    }
  }

  private final StructVector vector;
  private final List<Member> members = new ArrayList<>();
  private final Map<String, Member> byName = new HashMap<>();
  // Counts structs: tells fields that are named twice or never without clearing anything.
  private int structs;

  StructValue(
      NestedField field, StructVector vector, @Nullable NestedValue parent, Refusals refusals) {
    super(field, parent, refusals);
    this.vector = vector;
    List<NestedField> fields = field.type().asStructType().fields();
    for (int i = 0; i < fields.size(); i++) {
      NestedField one = fields.get(i);
      Member member =
          new Member(NestedValue.of(one, vector.getChildrenFromFields().get(i), this, refusals));
      members.add(member);
      byName.put(one.name(), member);
    }
  }

  @Override
  String form() {
    return "an object";
  }

  /** Returns what reads a field. */
  NestedValue member(int place) {
    return members.get(place).value;
  }

  @Override
  void read(JsonParser parser, int index) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      refuseKind(parser);
      return;
    }
    vector.setIndexDefined(index);
    structs++;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      Member member = byName.get(name);
      parser.nextToken();
      if (member == null) {
        parser.skipChildren();
        unknown(name);
      } else if (member.lastNamed == structs) {
        parser.skipChildren();
        member.value.refuse("the field is named twice");
      } else {
        member.lastNamed = structs;
        member.value.readOrNull(parser, index);
      }
    }
    for (Member member : members) {
      if (member.lastNamed != structs && member.value.field().isRequired()) {
        member.value.refuse("the field is required, but missing");
      }
    }
  }

  /** Writes a struct without its fields. */
  void define(int index) {
    vector.setIndexDefined(index);
  }

  @Override
  void clear(int from, int to) {
    for (Member member : members) {
      member.value.clear(from, to);
    }
    setNull(vector, from, to);
  }

  @Override
  long bytes(int from, int to) {
    long bytes = to - (long) from;
    for (Member member : members) {
      bytes += member.value.bytes(from, to);
    }
    return bytes;
  }

  @Override
  String pathOf(NestedValue child) {
    return path() + "." + child.field().name();
  }
}
