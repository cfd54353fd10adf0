package io.sluice.compactor.maintain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Decides which small files of a table become one. Pure. */
final class RewritePlanner {

  /*
   * Files are put into tiers by their size, each tier's limit a filesTogether-th of the one above.
   * As many of a tier make one of the next, so that a row is written about once per tier, whatever
   * the number of commits, and less than filesTogether files rest in each. To rewrite all that is
   * small together each time would write the newest large file anew with every few small ones.
   *
   * Two files below the highest limit always fit into one of the target's size. Files with deletes
   * are rewritten whatever their size and number, as each reader pays for the deletes anew.
   */

  private static final int TIERS = 4;
  private static final int DELETES = -1;

  private static final Comparator<StoredFile> ORDER =
      Comparator.comparing(StoredFile::first).thenComparing(StoredFile::location);

  private record Tier(boolean own, int number) implements Comparable<Tier> {
    private static final Comparator<Tier> BY_NUMBER =
        Comparator.comparing(Tier::own).thenComparingInt(Tier::number);

    @Override
    public int compareTo(Tier other) {
      return BY_NUMBER.compare(this, other);
    }
  }

  /**
   * Returns the groups of files to rewrite, each into one file of the group's rows in their order.
   *
   * @param files all of a table's files that could be rewritten together
   * @return no file in two groups
   */
  static List<List<StoredFile>> groups(List<StoredFile> files, RewriteLimits limits) {
    TreeMap<Tier, List<StoredFile>> tiers = new TreeMap<>();
    for (StoredFile file : files) {
      if (file.deletes() || file.bytes() < limits.targetBytes() / 2) {
        int number = file.deletes() ? DELETES : tier(file.bytes(), limits);
        tiers.computeIfAbsent(new Tier(file.own(), number), tier -> new ArrayList<>()).add(file);
      }
    }
    List<List<StoredFile>> groups = new ArrayList<>();
    tiers.forEach(
        (tier, members) -> {
          members.sort(ORDER);
          for (List<StoredFile> pack : packs(members, limits)) {
            if (tier.number() == DELETES || isDue(pack, limits)) {
              groups.add(List.copyOf(pack));
            }
          }
        });
    return groups;
  }

  /** Returns 0 for the largest files that are rewritten, up to {@code TIERS - 1}. */
  private static int tier(long bytes, RewriteLimits limits) {
    long limit = limits.targetBytes() / 2 / limits.filesTogether();
    int tier = 0;
    while (tier < TIERS - 1 && bytes < limit) {
      limit /= limits.filesTogether();
      tier++;
    }
    return tier;
  }

  /** Cuts files into runs that fit into one of the target's size. */
  private static List<List<StoredFile>> packs(List<StoredFile> files, RewriteLimits limits) {
    List<List<StoredFile>> packs = new ArrayList<>();
    List<StoredFile> pack = new ArrayList<>();
    long bytes = 0;
    for (StoredFile file : files) {
      boolean full =
          bytes + file.bytes() > limits.targetBytes() || pack.size() == limits.filesAtMost();
      if (full && !pack.isEmpty()) {
        packs.add(pack);
        pack = new ArrayList<>();
        bytes = 0;
      }
      pack.add(file);
      bytes += file.bytes();
    }
    if (!pack.isEmpty()) {
      packs.add(pack);
    }
    return packs;
  }

  private static boolean isDue(List<StoredFile> pack, RewriteLimits limits) {
    long bytes = pack.stream().mapToLong(StoredFile::bytes).sum();
    return pack.size() >= limits.filesTogether()
        || (pack.size() > 1 && bytes >= limits.targetBytes() / 2);
  }

  private RewritePlanner() {}
}
