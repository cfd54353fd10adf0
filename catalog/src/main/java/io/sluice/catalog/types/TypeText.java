package io.sluice.catalog.types;

import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Writes types as {@link TypeParser} reads them. */
final class TypeText {

  private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");

  static String of(Type type) {
    StringBuilder text = new StringBuilder();
    write(type, text);
    return text.toString();
  }

  private static void write(Type type, StringBuilder text) {
    switch (type.typeId()) {
      case LIST -> {
        text.append("list<");
        write(type.asListType().fields().get(0), text);
        text.append('>');
      }
      case MAP -> {
        text.append("map<");
        write(type.asMapType().keyType(), text);
        text.append(", ");
        write(type.asMapType().fields().get(1), text);
        text.append('>');
      }
      case STRUCT -> {
        String before = "struct<";
        for (NestedField field : type.asStructType().fields()) {
          text.append(before).append(name(field.name())).append(": ");
          write(field, text);
          @Nullable String comment = field.doc();
          if (comment != null) {
            text.append(" comment '").append(comment.replace("'", "''")).append('\'');
          }
          before = ", ";
        }
        text.append('>');
      }
      default -> text.append(type);
    }
  }

  private static void write(NestedField field, StringBuilder text) {
    write(field.type(), text);
    if (field.isRequired()) {
      text.append(" not null");
    }
  }

  private static String name(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : "`" + name.replace("`", "``") + "`";
  }

  private TypeText() {}
}
