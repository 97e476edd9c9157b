package vivarium.api.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a device is in a machine.
 *
 * @param base guest-physical address of its region
 * @param interrupt source number at the interrupt controller, 0 for none
 * @param controller the interrupt controller's node, {@code null} for the controller itself and in
 *     machines without one
 * @param hartControllers each hart's own interrupt controller node, in hart order
 */
public record DevicePlacement(
    long base,
    int interrupt,
    @Nullable DeviceTreeNode controller,
    List<DeviceTreeNode> hartControllers) {
  /** Copies the list. */
  public DevicePlacement {
    hartControllers = List.copyOf(hartControllers);
  }
}
