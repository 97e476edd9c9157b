package vivarium.devices;

import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.MachineControl;

/** SiFive's test finisher: one register by which a guest ends or restarts its machine. */
public final class Syscon implements Device {
  private static final int FINISHER = 0;
  private static final int SIZE = 0x1000;

  private static final int FINISHER_FAIL = 0x3333;
  private static final int FINISHER_PASS = 0x5555;
  private static final int FINISHER_RESET = 0x7777;

  private final MachineControl control;

  private Syscon(DeviceContext context) {
    control = context.control();
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "syscon";
    }

    @Override
    public String description() {
      return "SiFive test finisher: power off, reset, fail with a code";
    }

    @Override
    public Device create(DeviceContext context) {
      return new Syscon(context);
    }
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public long load(long offset, int width) {
    return 0;
  }

  @Override
  public void store(long offset, int width, long value) {
    if (offset != FINISHER || width < 2) {
      return;
    }
    switch ((int) value & 0xffff) {
      case FINISHER_PASS -> control.powerOff();
      case FINISHER_RESET -> control.reset();
      case FINISHER_FAIL -> {
        int code = width == 2 ? 0 : (int) value >>> 16;
        control.fail(code == 0 ? 1 : code);
      }
      default -> {}
    }
  }

  @Override
  public void reset() {}

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    DeviceTreeNode test =
        Description.node(soc, placement, "test", SIZE, "sifive,test1", "sifive,test0", "syscon");
    action(soc, "poweroff", test.phandle(), FINISHER_PASS);
    action(soc, "reboot", test.phandle(), FINISHER_RESET);
  }

  private static void action(DeviceTreeNode soc, String name, int regmap, int value) {
    soc.child(name)
        .strings("compatible", "syscon-" + name)
        .cells("regmap", regmap)
        .cells("offset", FINISHER)
        .cells("value", value);
  }
}
