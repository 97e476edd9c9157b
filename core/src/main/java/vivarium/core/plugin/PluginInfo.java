package vivarium.core.plugin;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of one plugin, working or broken.
 *
 * @param id the plugin's own identifier; its file's name where it has none that can be read
 * @param provides what it provides: names by kind, in the order of the kinds; empty if it failed
 * @param version its version, or empty
 * @param provider who made it, or empty
 * @param state whether it can be used
 * @param reason one line that says why not; empty if it can
 */
public record PluginInfo(
    String id,
    Map<PluginKind, List<String>> provides,
    String version,
    String provider,
    State state,
    String reason) {

  /** Whether a plugin can be used. */
  public enum State {
    /** All that it provides can be chosen. */
    READY,
    /** Nothing of it is used; see the reason. */
    FAILED
  }

  /** Copies the map. */
  public PluginInfo {
    provides = java.util.Collections.unmodifiableMap(new TreeMap<>(provides));
  }

  static PluginInfo ready(
      String id, Map<PluginKind, List<String>> provides, String version, String provider) {
    return new PluginInfo(id, provides, version, provider, State.READY, "");
  }

  static PluginInfo failed(String id, String version, String provider, String reason) {
    return new PluginInfo(id, Map.of(), version, provider, State.FAILED, reason);
  }
}
