package io.sluice.gateway.auth;

import io.sluice.catalog.table.TableName;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Scopes by database.
 *
 * @param scopes the database {@code *} stands for all, those to come among them
 */
public record Grants(Map<String, Set<Access>> scopes) {

  /** The name that stands for all databases. */
  public static final String EVERY_DATABASE = "*";

  /** Everything. */
  public static final Grants ALL = new Grants(Map.of(EVERY_DATABASE, Set.of(Access.ADMIN)));

  public Grants {
    Map<String, Set<Access>> sorted = new TreeMap<>();
    scopes.forEach(
        (database, some) ->
            sorted.put(database, Collections.unmodifiableSet(EnumSet.copyOf(some))));
    scopes = Collections.unmodifiableMap(sorted);
  }

  /**
   * Reads grants.
   *
   * @param texts each like {@code demo:read,write} or {@code *:admin}; at least one
   * @throws IllegalArgumentException if one of them isn't
   */
  public static Grants parse(Collection<String> texts) {
    Map<String, Set<Access>> scopes = new TreeMap<>();
    for (String text : texts) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            "'" + text + "' is no grant: write database:scope,scope, such as demo:read,write");
      }
      String database = text.substring(0, colon);
      if (!database.equals(EVERY_DATABASE)) {
        TableName.checkName("database", database);
      }
      Set<Access> some = scopes.computeIfAbsent(database, any -> EnumSet.noneOf(Access.class));
      for (String scope : text.substring(colon + 1).split(",", -1)) {
        some.add(Access.scope(scope));
      }
    }
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("a token without a scope may do nothing; name one");
    }
    return new Grants(scopes);
  }

  /** Returns whether {@code access} to a database is granted. */
  public boolean allows(Access access, String database) {
    return in(access, scopes.get(database)) || allowsEverywhere(access);
  }

  /** Returns whether {@code access} to each database is granted, also to those to come. */
  public boolean allowsEverywhere(Access access) {
    return in(access, scopes.get(EVERY_DATABASE));
  }

  private static boolean in(Access access, @Nullable Set<Access> granted) {
    return granted != null && granted.stream().anyMatch(access::isIn);
  }

  /** Returns the grants as {@link #parse} takes them, divided by spaces. */
  @Override
  public String toString() {
    return scopes.entrySet().stream()
        .map(
            entry ->
                entry.getValue().stream()
                    .map(Access::scope)
                    .collect(Collectors.joining(",", entry.getKey() + ":", "")))
        .collect(Collectors.joining(" "));
  }
}
