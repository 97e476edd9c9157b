package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vivarium.api.device.Device;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.InterruptController;
import vivarium.testkit.device.FakeDeviceContext;
import vivarium.testkit.device.MemoryStorage;

/** The nodes are those of QEMU's virt board with two harts. */
class DescriptionTest {
  private final FakeDeviceContext context = new FakeDeviceContext(2).with(new MemoryStorage(1));
  private final DeviceTreeNode root = new DeviceTreeNode();
  private final List<DeviceTreeNode> harts = List.of(root.child("intc0"), root.child("intc1"));
  private final DeviceTreeNode soc = root.child("soc");
  private final DeviceTreeNode controller = describeController();

  private DeviceTreeNode describeController() {
    Device plic = Catalog.types().get("plic").create(context);
    plic.describe(soc, new DevicePlacement(0x0c00_0000, 0, null, harts));
    return ((InterruptController) plic).node();
  }

  private DeviceTreeNode describe(String type, long base, int interrupt) {
    int before = soc.children().size();
    Device device = Catalog.types().get(type).create(context);
    device.describe(soc, new DevicePlacement(base, interrupt, controller, harts));
    return soc.children().get(before);
  }

  private static List<Integer> cells(DeviceTreeNode node, String property) {
    ByteBuffer bytes = ByteBuffer.wrap(node.properties().get(property));
    return IntStream.generate(bytes::getInt).limit(bytes.capacity() / 4).boxed().toList();
  }

  private static String text(DeviceTreeNode node, String property) {
    return new String(node.properties().get(property), StandardCharsets.US_ASCII);
  }

  @Test
  void theModuleProvidesTheBoardsDevicesByTheirNames() {
    assertThat(Catalog.types().keySet())
        .containsExactlyInAnyOrder(
            "ns16550a",
            "clint",
            "plic",
            "goldfish-rtc",
            "syscon",
            "cfi-flash",
            "virtio-blk",
            "virtio-rng");
  }

  @Test
  void theSerialPortNamesItsClock() {
    DeviceTreeNode node = describe("ns16550a", 0x1000_0000, 10);
    assertThat(node.name()).isEqualTo("serial@10000000");
    assertThat(text(node, "compatible")).isEqualTo("ns16550a\0");
    assertThat(cells(node, "reg")).containsExactly(0, 0x1000_0000, 0, 0x100);
    assertThat(cells(node, "interrupts")).containsExactly(10);
    assertThat(cells(node, "interrupt-parent")).containsExactly(controller.phandle());
    assertThat(cells(node, "clock-frequency")).containsExactly(3_686_400);
  }

  @Test
  void theInterruptControllerReachesMachineAndSupervisorModeOfEveryHart() {
    int first = harts.get(0).phandle();
    int second = harts.get(1).phandle();
    assertThat(controller.name()).isEqualTo("plic@c000000");
    assertThat(text(controller, "compatible")).isEqualTo("sifive,plic-1.0.0\0riscv,plic0\0");
    assertThat(cells(controller, "reg")).containsExactly(0, 0x0c00_0000, 0, 0x60_0000);
    assertThat(cells(controller, "riscv,ndev")).containsExactly(96);
    assertThat(cells(controller, "#interrupt-cells")).containsExactly(1);
    assertThat(cells(controller, "#address-cells")).containsExactly(0);
    assertThat(controller.properties()).containsKey("interrupt-controller");
    assertThat(cells(controller, "interrupts-extended"))
        .containsExactly(first, 11, first, 9, second, 11, second, 9);
  }

  @Test
  void theClintReachesSoftwareAndTimerInterruptsOfEveryHart() {
    DeviceTreeNode node = describe("clint", 0x0200_0000, 0);
    int first = harts.get(0).phandle();
    int second = harts.get(1).phandle();
    assertThat(node.name()).isEqualTo("clint@2000000");
    assertThat(text(node, "compatible")).isEqualTo("sifive,clint0\0riscv,clint0\0");
    assertThat(cells(node, "interrupts-extended"))
        .containsExactly(first, 3, first, 7, second, 3, second, 7);
    assertThat(node.properties()).doesNotContainKey("interrupts");
  }

  @Test
  void theFinisherBringsTheWaysToPowerOffAndReboot() {
    DeviceTreeNode test = describe("syscon", 0x10_0000, 0);
    assertThat(test.name()).isEqualTo("test@100000");
    assertThat(text(test, "compatible")).isEqualTo("sifive,test1\0sifive,test0\0syscon\0");
    List<DeviceTreeNode> ways =
        soc.children().subList(soc.children().size() - 2, soc.children().size());
    assertThat(ways).extracting(DeviceTreeNode::name).containsExactly("poweroff", "reboot");
    assertThat(text(ways.get(0), "compatible")).isEqualTo("syscon-poweroff\0");
    assertThat(cells(ways.get(0), "value")).containsExactly(0x5555);
    assertThat(cells(ways.get(1), "value")).containsExactly(0x7777);
    assertThat(cells(ways.get(1), "regmap")).containsExactly(test.phandle());
    assertThat(cells(ways.get(1), "offset")).containsExactly(0);
  }

  @Test
  void theOthersHaveAddressAndInterrupt() {
    DeviceTreeNode rtc = describe("goldfish-rtc", 0x10_1000, 11);
    assertThat(rtc.name()).isEqualTo("rtc@101000");
    assertThat(text(rtc, "compatible")).isEqualTo("google,goldfish-rtc\0");
    assertThat(cells(rtc, "interrupts")).containsExactly(11);
    DeviceTreeNode disk = describe("virtio-blk", 0x1000_1000, 1);
    assertThat(disk.name()).isEqualTo("virtio_mmio@10001000");
    assertThat(text(disk, "compatible")).isEqualTo("virtio,mmio\0");
    assertThat(cells(disk, "reg")).containsExactly(0, 0x1000_1000, 0, 0x1000);
    assertThat(cells(disk, "interrupts")).containsExactly(1);
  }
}
