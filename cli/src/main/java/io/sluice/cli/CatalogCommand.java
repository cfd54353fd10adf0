package io.sluice.cli;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogRebuild;
import io.sluice.catalog.table.LostTable;
import io.sluice.catalog.table.LostTable.Extent;
import io.sluice.catalog.table.LostTable.State;
import io.sluice.log.bookie.EmbeddedZooKeeper;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice catalog rebuild}. */
@Command(
    name = "catalog",
    description = "Makes tables' records anew when ZooKeeper's data were lost.",
    mixinStandardHelpOptions = true,
    subcommands = CatalogCommand.Rebuild.class)
final class CatalogCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "rebuild",
      description =
          "Makes the records of tables that ZooKeeper has lost from what the lake says of them."
              + " Without --all, --table or --metadata it shows what there is.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Rows that were acknowledged but not compacted are lost. Stop all gateways, bookies and",
        "compactors of before first, and empty the bookies' folders; see docs/cluster.md."
      })
  static final class Rebuild implements Callable<Integer> {
    @Mixin private SettingsOptions given = new SettingsOptions();
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Option(
        names = "--data",
        paramLabel = "FOLDER",
        description = "The folder of a standalone that is stopped, instead of --zookeeper.")
    private @Nullable Path data;

    @Option(
        names = "--warehouse",
        paramLabel = "URI",
        description = "Where the lake's files are (default with --data: warehouse in FOLDER).")
    private @Nullable String warehouse;

    @Mixin private CatalogOptions catalog = new CatalogOptions();

    @Option(names = "--all", description = "Rebuild all tables that are lost.")
    private boolean all;

    @Option(
        names = "--table",
        paramLabel = "DATABASE.TABLE",
        converter = TableArgument.Converter.class,
        description = "Rebuild this table; once for each.")
    private List<TableArgument> tables = new ArrayList<>();

    @Option(
        names = "--metadata",
        paramLabel = "FILE",
        description =
            "Rebuild the table that this metadata file is of, with what it says; also one that"
                + " was dropped.")
    private @Nullable String metadata;

    @Option(names = "--dry-run", description = "Show what would be done, and do nothing.")
    private boolean dryRun;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      if ((all ? 1 : 0) + (tables.isEmpty() ? 0 : 1) + (metadata == null ? 0 : 1) > 1) {
        throw new CommandException("say one of --all, --table and --metadata");
      }
      LakeSettings lakeSettings = lake();
      try (Opened opened = new Opened()) {
        ProcessConfig config = config(opened);
        ZooKeeperMetadataStore store =
            opened.add(ZooKeeperMetadataStore.connect(config.zooKeeper()));
        Lake lake = opened.add(Lake.open(lakeSettings, store));
        return rebuild(new CatalogRebuild(store, lake, InstantSource.system()));
      }
    }

    private LakeSettings lake() {
      if (warehouse != null) {
        return catalog.lake(warehouse);
      }
      if (data == null) {
        throw new CommandException("say where the lake is: --warehouse URI");
      }
      return catalog.lake(data.toAbsolutePath().normalize().resolve("warehouse").toString());
    }

    private ProcessConfig config(Opened opened) throws Exception {
      Map<String, String> settings = given.with(cluster.settings());
      if (data == null) {
        return ClusterOptions.config(settings);
      }
      if (settings.containsKey(ProcessConfig.CONNECT_STRING)) {
        throw new CommandException("say either --data or --zookeeper");
      }
      Path folder = opened.add(DataFolder.open(data.toAbsolutePath().normalize())).path();
      EmbeddedZooKeeper zooKeeper =
          opened.add(EmbeddedZooKeeper.startAlone(folder.resolve("zookeeper"), "127.0.0.1", 0));
      return ProcessConfig.of(settings).at(zooKeeper.connectString());
    }

    private int rebuild(CatalogRebuild rebuild) throws CatalogException {
      PrintWriter out = spec.commandLine().getOut();
      List<LostTable> found =
          metadata == null ? rebuild.look() : List.of(rebuild.choose(location(metadata)));
      if (found.isEmpty()) {
        out.println("The lake has no table of Sluice.");
        return 0;
      }
      show(found, out);
      List<LostTable> wanted = wanted(found);
      if (wanted.isEmpty() || dryRun) {
        out.println(
            dryRun
                ? "Nothing was done: this was a dry run."
                : "Nothing was done. Rebuild with --all, --table DATABASE.TABLE or --metadata FILE.");
        return 0;
      }
      return rebuild(rebuild, wanted);
    }

    private static String location(String file) {
      return file.contains(":/") ? file : "file://" + Path.of(file).toAbsolutePath().normalize();
    }

    /** Returns what was asked for, whether it can be rebuilt or not. */
    private List<LostTable> wanted(List<LostTable> found) {
      if (all || metadata != null) {
        return found.stream().filter(table -> table.state() != State.DROPPED).toList();
      }
      List<LostTable> wanted = new ArrayList<>();
      for (TableArgument name : tables) {
        List<LostTable> named =
            found.stream().filter(t -> t.name().toString().equals(name.toString())).toList();
        if (named.isEmpty()) {
          throw new CommandException("the lake has no table " + name + " of Sluice");
        }
        // A dropped one of the same name isn't meant where there is another.
        List<LostTable> kept = named.stream().filter(t -> t.state() != State.DROPPED).toList();
        wanted.addAll(kept.isEmpty() ? named : kept);
      }
      return wanted;
    }

    private int rebuild(CatalogRebuild rebuild, List<LostTable> wanted) {
      PrintWriter out = spec.commandLine().getOut();
      int failed = 0;
      int done = 0;
      for (LostTable table : wanted) {
        if (table.state() == State.PRESENT) {
          continue;
        }
        try {
          var unused = rebuild.rebuild(table);
          out.println("Rebuilt " + table.name() + ".");
          done++;
        } catch (CatalogException e) {
          spec.commandLine().getErr().println("sluice: " + e.getMessage());
          failed++;
        }
      }
      if (done > 0) {
        out.println(
            "Rows that were acknowledged after these and not compacted are lost, and so is what was"
                + " known of writers and transactions.");
      }
      out.flush();
      spec.commandLine().getErr().flush();
      return failed == 0 ? 0 : 1;
    }

    private static void show(List<LostTable> found, PrintWriter out) {
      TextTable table = new TextTable("table", "state", "rows in lake", "newest row", "committed");
      for (LostTable lost : found) {
        Optional<Extent> extent = lost.extent();
        table.row(
            lost.name().toString(),
            lost.state().name().toLowerCase(Locale.ROOT),
            extent.map(e -> String.format(Locale.ROOT, "%,d", e.rows())).orElse(""),
            extent.flatMap(Extent::newestRow).map(Object::toString).orElse(""),
            extent.flatMap(Extent::newestCommit).map(Object::toString).orElse(""));
      }
      table.print(out);
      for (LostTable lost : found) {
        if (lost.state() == State.UNCLEAR || lost.state() == State.DROPPED) {
          String where =
              lost.metadataFiles().size() == 1 ? lost.metadataFiles().get(0) : lost.location();
          out.println(lost.name() + ": " + lost.detail() + " (" + where + ")");
        }
      }
      out.flush();
    }
  }
}
