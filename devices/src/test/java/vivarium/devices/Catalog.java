package vivarium.devices;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import vivarium.api.device.DeviceType;

/** Finds the module's device types as the core does: by their service. */
final class Catalog {
  private Catalog() {}

  static Map<String, DeviceType> types() {
    Module module = Catalog.class.getModule().addUses(DeviceType.class);
    Map<String, DeviceType> types = new TreeMap<>();
    for (DeviceType type : ServiceLoader.load(module.getLayer(), DeviceType.class)) {
      types.put(type.name(), type);
    }
    return types;
  }
}
