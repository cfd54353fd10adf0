package io.sluice.cli.config;

import io.sluice.catalog.table.Quantities;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A settings record as keys and values in text. The component {@code maxEntryBytes} of the record
 * with the prefix {@code log} has the key {@code log.max-entry-bytes}; a record within a record is
 * a prefix of its own. Values are numbers, sizes such as {@code 16MiB} (components named {@code
 * …Bytes}), durations such as {@code 200ms}, {@code true} and {@code false}, or text.
 */
public final class SettingsRecord {

  private SettingsRecord() {}

  /**
   * One setting.
   *
   * @param key its full name
   * @param component the record's component that holds it
   * @param value its value as text
   */
  public record Setting(String key, RecordComponent component, String value) {}

  /**
   * Returns a record's settings in the order of its components, those of inner records in place.
   */
  public static List<Setting> settings(String prefix, Record settings) {
    List<Setting> all = new ArrayList<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      String key = prefix + "." + kebab(component.getName());
      Object value = read(component, settings);
      if (value instanceof Record inner) {
        all.addAll(settings(key, inner));
      } else {
        all.add(new Setting(key, component, format(component, value)));
      }
    }
    return all;
  }

  /**
   * Returns the record with the given values in place of its own. Keys that it used are removed
   * from {@code given}; those that are left belong to others, or to nobody.
   *
   * @throws IllegalArgumentException if a value is not of its setting's kind or range; the message
   *     names the key
   */
  public static <T extends Record> T with(T settings, String prefix, Map<String, String> given) {
    RecordComponent[] components = settings.getClass().getRecordComponents();
    Map<String, String> used = new LinkedHashMap<>();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = prefix + "." + kebab(components[i].getName());
      Object value = read(components[i], settings);
      if (value instanceof Record inner) {
        values[i] = with(inner, key, given);
      } else {
        String text = given.remove(key);
        if (text != null) {
          used.put(key, text);
        }
        values[i] = text == null ? value : parse(key, components[i], text);
      }
    }
    return used.isEmpty() && Arrays.equals(values, values(settings))
        ? settings
        : construct(settings, components, values, used);
  }

  private static Object[] values(Record settings) {
    return Arrays.stream(settings.getClass().getRecordComponents())
        .map(component -> read(component, settings))
        .toArray();
  }

  private static <T extends Record> T construct(
      T settings, RecordComponent[] components, Object[] values, Map<String, String> used) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = settings.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      @SuppressWarnings("unchecked")
      T changed = (T) constructor.newInstance(values);
      return changed;
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "settings " + used + " are refused: " + e.getTargetException().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't make a " + settings.getClass(), e);
    }
  }

  private static Object read(RecordComponent component, Record settings) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't read " + component, e);
    }
  }

  private static Object parse(String key, RecordComponent component, String text) {
    Class<?> type = component.getType();
    try {
      if (type == Duration.class) {
        return Quantities.parseDuration(text);
      }
      if (type == long.class) {
        return bytes(component) ? Quantities.parseBytes(text) : Long.parseLong(text);
      }
      if (type == int.class) {
        return bytes(component)
            ? Math.toIntExact(Quantities.parseBytes(text))
            : Integer.parseInt(text);
      }
      if (type == double.class) {
        return Double.parseDouble(text);
      }
      if (type == boolean.class) {
        return flag(text);
      }
      if (type == String.class) {
        return text;
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(key + " = '" + text + "': " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(key + " can't be set: it is a " + type.getSimpleName());
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static String format(RecordComponent component, Object value) {
    if (value instanceof Duration duration) {
      return Quantities.format(duration);
    }
    if (value instanceof Number number && bytes(component)) {
      return Quantities.formatBytes(number.longValue());
    }
    return String.valueOf(value);
  }

  private static boolean bytes(RecordComponent component) {
    return component.getName().endsWith("Bytes");
  }

  static String kebab(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
