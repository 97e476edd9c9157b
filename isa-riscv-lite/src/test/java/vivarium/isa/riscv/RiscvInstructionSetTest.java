package vivarium.isa.riscv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.InstructionSet;
import vivarium.testkit.Assembler;

class RiscvInstructionSetTest {
  private final RiscvInstructionSet set = new RiscvInstructionSet();

  private Decoded decode(String line) {
    byte[] bytes = Assembler.of(set).text(line).bytes();
    int bits = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      bits = bits << 8 | bytes[i] & 0xff;
    }
    return set.table().decode(bits, bytes.length);
  }

  @Test
  void isProvidedByName() {
    assertThat(set.name()).isEqualTo("rv64gc");
    assertThat(set.getClass().getModule().getDescriptor().provides())
        .filteredOn(provides -> provides.service().equals(InstructionSet.class.getName()))
        .flatExtracting(ModuleDescriptor.Provides::providers)
        .containsExactly(RiscvInstructionSet.class.getName());
  }

  @Test
  void lengthFollowsFromTheLowBits() {
    assertThat(set.length(0x0001)).isEqualTo(2);
    assertThat(set.length(0x4502)).isEqualTo(2);
    assertThat(set.length(0x0013)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "add a0, a1, a2; 0",
        "csrr a0, fcsr; 0",
        "fld fa0, 0(a0); 1",
        "c.fld fa0, 0(a0); 1",
        "fsw fa0, 0(a0); 1",
        "fmv.x.d a0, fa0; 1",
        "fadd.s fa0, fa0, fa0, rne; 1",
        "fadd.s fa0, fa0, fa0; 3",
        "fcvt.w.d a0, fa0, dyn; 3"
      })
  void unitsFollowFromRegistersAndRounding(String line, int units) {
    assertThat(set.requiredUnits(decode(line))).isEqualTo(units);
  }

  @Test
  void describesEachProcessorAsTheVirtBoardDoes() {
    DeviceTreeNode cpus = new DeviceTreeNode().child("cpus");
    List<DeviceTreeNode> controllers = set.describe(cpus, 2, 10_000_000);
    assertThat(controllers)
        .hasSize(2)
        .extracting(DeviceTreeNode::name)
        .containsOnly("interrupt-controller");
    assertThat(cpus.children())
        .extracting(DeviceTreeNode::name)
        .containsExactly("cpu@0", "cpu@1", "cpu-map");
    DeviceTreeNode cpu = cpus.children().get(1);
    assertThat(text(cpu, "riscv,isa")).startsWith("rv64imafdc_zicntr_").contains("_sstc");
    assertThat(text(cpu, "riscv,isa-base")).isEqualTo("rv64i");
    assertThat(text(cpu, "riscv,isa-extensions")).startsWith("i m a f d c zicntr").contains("sstc");
    assertThat(text(cpu, "mmu-type")).isEqualTo("riscv,sv48");
    assertThat(cpu.properties().get("reg")).containsExactly(0, 0, 0, 1);
    assertThat(cpus.properties().get("timebase-frequency")).containsExactly(0, 0x98, 0x96, 0x80);
    assertThat(controllers.get(1).properties()).containsKeys("interrupt-controller", "phandle");
  }

  private static String text(DeviceTreeNode node, String property) {
    return new String(node.properties().get(property), US_ASCII).replace('\0', ' ').trim();
  }
}
