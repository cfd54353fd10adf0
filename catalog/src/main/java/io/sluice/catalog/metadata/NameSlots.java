package io.sluice.catalog.metadata;

import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore.Replacement;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Values whose names are given out again: what is dropped and made anew under the same name.
 * Blocks; thread-safe.
 *
 * <p>Versions of a deleted value start from 0 again, so that somebody who read the old value could
 * replace the new one by the same version. A slot is therefore cleared, never deleted: a few bytes
 * stay for each name ever used, and its versions only rise.
 */
public final class NameSlots {

  /** The vacancy of a name that never had a value: a first one has version 0. */
  private static final long NEVER_USED = -1;

  private final BlockingMetadata store;

  /** Keeps slots in {@code store}. */
  public NameSlots(BlockingMetadata store) {
    this.store = store;
  }

  /** Reads the newest value; empty if nothing has that name now. */
  public Optional<Versioned> read(String path) throws MetadataException {
    return store.readNewest(path).filter(NameSlots::isUsed);
  }

  /**
   * Gives a name a value.
   *
   * @throws MetadataException EXISTS if it has one, or has just been given one by another;
   *     UNAVAILABLE or UNKNOWN
   */
  public void create(String path, byte[] value) throws MetadataException {
    create(path, value, vacancy(path));
  }

  /**
   * Returns what tells a name's being free now from its being free again later: a value that is
   * given to it now gets the version after it.
   *
   * @throws MetadataException EXISTS if it isn't free; UNAVAILABLE
   */
  public long vacancy(String path) throws MetadataException {
    Optional<Versioned> slot = store.readNewest(path);
    if (slot.filter(NameSlots::isUsed).isPresent()) {
      throw new MetadataException(Kind.EXISTS, "there is a value already: " + path);
    }
    return slot.map(Versioned::version).orElse(NEVER_USED);
  }

  /**
   * Gives a name a value if it has been free since it had {@code vacancy}: so it may be tried again
   * after an unknown outcome.
   *
   * @throws MetadataException EXISTS if it has been given one since; UNAVAILABLE or UNKNOWN
   */
  public void create(String path, byte[] value, long vacancy) throws MetadataException {
    if (value.length == 0) {
      throw new IllegalArgumentException("an empty value is none: " + path);
    }
    try {
      if (vacancy == NEVER_USED) {
        store.create(path, value);
      } else {
        store.replace(path, value, vacancy);
      }
    } catch (MetadataException e) {
      if (e.kind() == Kind.CONFLICT) {
        throw new MetadataException(Kind.EXISTS, "another has just taken the name: " + path, e);
      }
      throw e;
    }
  }

  /** Replaces a value if it still has {@code version}: see {@link MetadataStore#replace}. */
  public void replace(String path, byte[] value, long version) throws MetadataException {
    store.replace(path, value, version);
  }

  /** Takes a name's value away if it still has {@code version}. */
  public void clear(String path, long version) throws MetadataException {
    store.replace(path, new byte[0], version);
  }

  /**
   * Gives a value another name, in one step.
   *
   * @param value what {@link #read} returned of {@code from}
   * @throws MetadataException EXISTS if the new name has a value; CONFLICT if one of the two has
   *     been changed meanwhile; UNAVAILABLE or UNKNOWN
   */
  public void move(String from, Versioned value, String to) throws MetadataException {
    Optional<Versioned> slot = store.readNewest(to);
    if (slot.filter(NameSlots::isUsed).isPresent()) {
      throw new MetadataException(Kind.EXISTS, "there is a value already: " + to);
    }
    long version = slot.isPresent() ? slot.get().version() : emptySlot(to);
    store.replaceAll(
        List.of(
            new Replacement(to, value.value(), version),
            new Replacement(from, new byte[0], value.version())));
  }

  private long emptySlot(String path) throws MetadataException {
    try {
      return store.create(path, new byte[0]);
    } catch (MetadataException e) {
      if (e.kind() == Kind.EXISTS) {
        throw new MetadataException(Kind.CONFLICT, "just made by another: " + path, e);
      }
      throw e;
    }
  }

  /** Lists the names directly below {@code parent} that have a value now, sorted. */
  public List<String> list(String parent) throws MetadataException {
    List<String> names = store.listNewest(parent);
    List<Optional<Versioned>> values =
        store.readAll(names.stream().map(name -> parent + "/" + name).toList());
    List<String> used = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (values.get(i).filter(NameSlots::isUsed).isPresent()) {
        used.add(names.get(i));
      }
    }
    return List.copyOf(used);
  }

  private static boolean isUsed(Versioned value) {
    return value.value().length > 0;
  }
}
