package vivarium.devices;

import java.util.List;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;

/** How the board's devices describe themselves: the properties that they have in common. */
public final class Description {
  private Description() {}

  /**
   * Adds a device's node with its {@code compatible}, {@code reg} and, if it has an interrupt,
   * {@code interrupts} properties.
   *
   * @param generic the generic name, the node's name before the unit address
   */
  public static DeviceTreeNode node(
      DeviceTreeNode soc,
      DevicePlacement placement,
      String generic,
      long sizeBytes,
      String... compatible) {
    DeviceTreeNode node = soc.child(generic + "@" + Long.toHexString(placement.base()));
    node.strings("compatible", compatible).longs("reg", placement.base(), sizeBytes);
    DeviceTreeNode controller = placement.controller();
    if (controller != null && placement.interrupt() != 0) {
      node.cells("interrupt-parent", controller.phandle());
      node.cells("interrupts", placement.interrupt());
    }
    return node;
  }

  /** Adds {@code interrupts-extended}: the same inputs of every hart, hart by hart. */
  static void hartInterrupts(
      DeviceTreeNode node, List<DeviceTreeNode> hartControllers, int... inputs) {
    int[] cells = new int[hartControllers.size() * inputs.length * 2];
    int next = 0;
    for (DeviceTreeNode hart : hartControllers) {
      for (int input : inputs) {
        cells[next++] = hart.phandle();
        cells[next++] = input;
      }
    }
    node.cells("interrupts-extended", cells);
  }
}
