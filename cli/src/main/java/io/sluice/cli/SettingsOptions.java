package io.sluice.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings that a process is started with. */
final class SettingsOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as 'key = value' lines; docs/configuration.md lists them.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example zookeeper.session-timeout=5s.")
  private Map<String, String> given = new LinkedHashMap<>();

  /**
   * Returns the settings by key: the file's, those of the options, then those of {@code --set}.
   *
   * @param options what the command's own options say, only those that were given
   */
  Map<String, String> with(Map<String, String> options) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (config != null) {
      settings.putAll(ProcessConfig.read(config));
    }
    settings.putAll(options);
    settings.putAll(given);
    return settings;
  }
}
