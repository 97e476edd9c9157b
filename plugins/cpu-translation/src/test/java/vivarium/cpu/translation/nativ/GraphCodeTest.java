package vivarium.cpu.translation.nativ;

import java.util.Map;

/** As {@link NativeEngineTest}, all code being made of graphs at once: tests are short. */
class GraphCodeTest extends NativeEngineTest {
  @Override
  protected Map<String, String> options() {
    return Map.of("plain-code", "off");
  }
}
