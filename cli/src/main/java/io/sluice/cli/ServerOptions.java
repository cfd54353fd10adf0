package io.sluice.cli;

import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs one part until it is stopped. */
final class ServerOptions {

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Option(
      names = "--until-stdin-ends",
      hidden = true,
      description = "Belongs to whoever holds its standard input, and ends with it.")
  private boolean untilStdinEnds;

  /** Returns the settings by key; see {@link SettingsOptions#with}. */
  Map<String, String> settings(Map<String, String> options) {
    return settings.with(options);
  }

  /** Tells whether another process started this one for itself. */
  boolean untilStdinEnds() {
    return untilStdinEnds;
  }
}
