package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.device.DeviceTreeNode;
import vivarium.core.memory.MachineMemory;

class FlattenedDeviceTreeTest {
  @TempDir Path directory;

  private static DeviceTreeNode tree() {
    DeviceTreeNode root = new DeviceTreeNode();
    root.cells("#address-cells", 2).strings("compatible", "a", "bc");
    DeviceTreeNode soc = root.child("soc");
    soc.flag("ranges").longs("reg", 0x1_0000_0002L);
    soc.child("x@2").cells("reg", 7, 8);
    return root;
  }

  @Test
  void theHeaderIsOfVersion17AndItsBlocksLieEndToEnd() {
    byte[] blob = FlattenedDeviceTree.write(tree());
    ByteBuffer header = ByteBuffer.wrap(blob);
    assertThat(header.getInt(0)).isEqualTo(0xd00dfeed);
    assertThat(header.getInt(4)).isEqualTo(blob.length);
    int structure = header.getInt(8);
    int strings = header.getInt(12);
    assertThat(header.getInt(16) % 8).isZero();
    assertThat(header.getInt(20)).isEqualTo(17);
    assertThat(header.getInt(24)).isEqualTo(16);
    assertThat(structure + header.getInt(36)).isEqualTo(strings);
    assertThat(strings + header.getInt(32)).isEqualTo(blob.length);
    assertThat(header.getInt(strings - 4)).isEqualTo(9);
  }

  @Test
  void aPropertyNameIsWrittenOnce() {
    String blob = new String(FlattenedDeviceTree.write(tree()), StandardCharsets.ISO_8859_1);
    assertThat(blob.indexOf("reg\0")).isEqualTo(blob.lastIndexOf("reg\0"));
  }

  @Test
  void theCompilersReadingIsWhatWasWritten() throws IOException, InterruptedException {
    assertThat(decompile(FlattenedDeviceTree.write(tree())))
        .contains("#address-cells = <0x02>;")
        .contains("compatible = \"a\\0bc\";")
        .containsSubsequence(
            "soc {", "ranges;", "reg = <0x01 0x02>;", "x@2 {", "reg = <0x07 0x08>;");
  }

  @Test
  void theBoardDescribesItself() throws IOException, InterruptedException {
    Path image = Files.write(directory.resolve("kernel"), new byte[16]);
    FakeParts parts = new FakeParts(FakeParts::spend);
    MachineConfig config =
        MachineConfig.builder()
            .kernel(image)
            .append("console=ttyS0")
            .disk(Files.write(directory.resolve("disk"), new byte[512]), true)
            .memoryBytes(1 << 20)
            .build();
    byte[] blob;
    try (MachineMemory memory = MachineMemory.ofBytes(1 << 20);
        VirtualMachine vm = VirtualMachine.create(config, parts.catalog(), memory)) {
      assertThat(vm.machine().harts()).hasSize(1);
      blob = parts.boots.getFirst().deviceTree().build(0x8400_0000L, 0x8500_0000L);
    }
    assertThat(decompile(blob))
        .contains("compatible = \"riscv-virtio\";")
        .contains("bootargs = \"console=ttyS0\";")
        .contains("stdout-path = \"/soc/serial@10000000\";")
        .contains("linux,initrd-start = <0x00 0x84000000>;")
        .contains("linux,initrd-end = <0x00 0x85000000>;")
        .contains("rng-seed = <")
        .containsSubsequence("memory@80000000 {", "reg = <0x00 0x80000000 0x00 0x100000>;")
        .contains("timebase-frequency = <0x989680>;")
        .containsSubsequence("virtio-blk@10001000 {", "interrupts = <0x01>;")
        .containsSubsequence("virtio-rng@10002000 {", "interrupts = <0x02>;");
  }

  private String decompile(byte[] blob) throws IOException, InterruptedException {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/dtc"))).as("dtc is installed").isTrue();
    Path file = Files.write(directory.resolve("tree.dtb"), blob);
    Process dtc =
        new ProcessBuilder("/usr/bin/dtc", "-q", "-I", "dtb", "-O", "dts", file.toString()).start();
    String source = new String(dtc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(dtc.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(dtc.waitFor()).as(errors).isZero();
    return source;
  }
}
