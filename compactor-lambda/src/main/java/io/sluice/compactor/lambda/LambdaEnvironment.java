package io.sluice.compactor.lambda;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.OptionDoc;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.util.List;
import java.util.Map;

/**
 * What the function's environment variables say.
 *
 * @param metadata where the metadata store is
 * @param ledgers where the log is
 * @param lake where the lake is
 * @param memoryBytes bound of the memory for Arrow vectors
 */
record LambdaEnvironment(
    ZooKeeperSettings metadata, BookKeeperSettings ledgers, LakeSettings lake, long memoryBytes) {

  static final String ZOOKEEPER = "SLUICE_ZOOKEEPER";
  static final String CHROOT = "SLUICE_CHROOT";
  static final String LEDGERS = "SLUICE_LEDGERS";
  static final String WAREHOUSE = "SLUICE_WAREHOUSE";
  static final String MEMORY_MIB = "SLUICE_MEMORY_MIB";
  static final String CLUSTER = "SLUICE_CLUSTER";

  /** What the documentation says of each variable. */
  static final List<OptionDoc> DOCS =
      List.of(
          new OptionDoc(ZOOKEEPER, "host:port[,host:port...]", "", "ZooKeeper of the cluster."),
          new OptionDoc(CHROOT, "/name", "/sluice", "Node below which Sluice keeps its metadata."),
          new OptionDoc(
              LEDGERS,
              "zk+hierarchical://host:port/ledgers",
              "",
              "Where BookKeeper keeps its metadata; several ZooKeepers are separated by ';'."),
          new OptionDoc(WAREHOUSE, "s3://bucket/prefix", "", "Where the lake's tables are."),
          new OptionDoc(
              CatalogVariables.PREFIX + "<KEY>",
              "text",
              "",
              "A property of the Iceberg catalog, with _ for a dash and __ for a dot: SLUICE_CATALOG_S3__PATH_STYLE_ACCESS is s3.path-style-access."),
          new OptionDoc(
              CatalogVariables.LINES, "key=value", "", "More of them, a line each, of any key."),
          new OptionDoc(
              CLUSTER, "text", "sluice", "Name of the cluster, by which metrics are told apart."),
          new OptionDoc(
              MEMORY_MIB,
              "16 to 65536",
              "256",
              "Bound of the memory for the log's rows, in MiB. With less than 384, partitions get more and smaller files."));

  /**
   * Reads the variables.
   *
   * @throws IllegalArgumentException if one is missing or wrong; the message names it
   */
  static LambdaEnvironment of(Map<String, String> variables) {
    ZooKeeperSettings usual = ZooKeeperSettings.of(required(variables, ZOOKEEPER));
    return new LambdaEnvironment(
        new ZooKeeperSettings(
            usual.connectString(),
            variables.getOrDefault(CHROOT, usual.chroot()),
            usual.sessionTimeout(),
            usual.callTimeout(),
            FunctionTls.zooKeeper(variables)),
        BookKeeperSettings.of(required(variables, LEDGERS)).withTls(FunctionTls.bookies(variables)),
        new LakeSettings(required(variables, WAREHOUSE), CatalogVariables.of(variables)),
        memoryBytes(variables.getOrDefault(MEMORY_MIB, "256")));
  }

  /** Returns the name by which the cluster's metrics are told apart from others'. */
  static String cluster(Map<String, String> variables) {
    return variables.getOrDefault(CLUSTER, "sluice");
  }

  private static String required(Map<String, String> variables, String name) {
    String value = variables.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("environment variable " + name + " must be set");
    }
    return value;
  }

  private static long memoryBytes(String mib) {
    if (!mib.matches("[0-9]{2,5}") || Long.parseLong(mib) < 16 || Long.parseLong(mib) > 65_536) {
      throw new IllegalArgumentException(
          "environment variable " + MEMORY_MIB + " must be 16 to 65536: '" + mib + "'");
    }
    return Long.parseLong(mib) << 20;
  }
}
