package vivarium.isa.riscv.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vivarium.api.VivariumException;
import vivarium.api.isa.BootRequest.Image;
import vivarium.api.isa.Hart;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestMachine;

class BootTest {
  private static final long RAM = TestMachine.RAM_BASE;
  private static final long RAM_BYTES = 8 << 20;
  private static final long KERNEL = RAM + (2 << 20);

  private final TestMachine machine = new TestMachine(new RiscvInstructionSet(), 2, RAM_BYTES);

  private void boot(byte[] firmware, byte[] kernel, byte[] initrd) {
    machine.boot(image("fw", firmware), image("kernel", kernel), image("initrd", initrd));
  }

  private static Optional<Image> image(String name, byte[] bytes) {
    return Optional.ofNullable(bytes)
        .map(content -> new Image(name, MemorySegment.ofArray(content)));
  }

  private void assertRefused(byte[] firmware, byte[] kernel, byte[] initrd, String message) {
    assertThatThrownBy(() -> boot(firmware, kernel, initrd))
        .isInstanceOf(VivariumException.class)
        .hasMessage(message);
  }

  private long register(Hart hart, int argument) {
    return hart.block().register(RiscvHart.A0 + argument);
  }

  private byte[] bytesAt(long gpa, int length) {
    byte[] bytes = new byte[length];
    machine.memory().read(gpa, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private String deviceTree() {
    return new String(bytesAt(register(machine.hart(), 1), 33), StandardCharsets.US_ASCII);
  }

  private static ByteBuffer elf(
      long entry, long va, long address, byte[] content, int memoryBytes) {
    ByteBuffer file = ByteBuffer.allocate(120 + content.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putShort(16, (short) 2).putShort(18, (short) 243).putLong(24, entry).putLong(32, 64);
    file.putShort(54, (short) 56).putShort(56, (short) 1);
    file.putInt(64, 1).putLong(72, 120).putLong(80, va).putLong(88, address);
    file.putLong(96, content.length).putLong(104, memoryBytes);
    return file.put(120, content);
  }

  private static byte[] linux(long textOffset, long imageSize) {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(8, textOffset).putLong(16, imageSize).putInt(0x38, 0x0543_5352).array();
  }

  @Test
  void rawFirmwareStartsEveryHartAtTheBeginningOfMemory() {
    boot(new byte[] {1, 2, 3}, null, null);
    for (Hart hart : machine.harts()) {
      assertThat(hart.mode()).isEqualTo("M");
      assertThat(hart.block().pc()).isEqualTo(RAM);
      assertThat(register(hart, 0)).isEqualTo(hart.id());
      assertThat(register(hart, 2)).isZero();
    }
    assertThat(bytesAt(RAM, 3)).containsExactly(1, 2, 3);
  }

  @Test
  void elfIsLoadedToItsAddressesAndCleared() {
    machine.memory().store(RAM + 0x1002, 2, 0xffff);
    boot(elf(RAM + 0x1001, RAM + 0x1000, RAM + 0x1000, new byte[] {7, 8}, 4).array(), null, null);
    assertThat(machine.hart().block().pc()).isEqualTo(RAM + 0x1001);
    assertThat(bytesAt(RAM + 0x1000, 4)).containsExactly(7, 8, 0, 0);
  }

  @Test
  void entryOfAnElfThatRunsAtVirtualAddressesIsTranslated() {
    long va = 0xffff_ffff_8000_0000L;
    boot(elf(va + 0x10, va, RAM + 0x2000, new byte[32], 32).array(), null, null);
    assertThat(machine.hart().block().pc()).isEqualTo(RAM + 0x2010);
  }

  @Test
  void kernelBehindFirmwareIsNamedInTheInformationOfDynamicFirmware() {
    boot(new byte[16], linux(0x20_0000, 0x10_0000), null);
    assertThat(machine.hart().block().pc()).isEqualTo(RAM);
    long info = register(machine.hart(), 2);
    long[] words = new long[6];
    ByteBuffer.wrap(bytesAt(info, 48)).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    assertThat(words).containsExactly(0x4942_534f, 2, KERNEL, 1, 0, 0);
  }

  @Test
  void kernelAloneStartsInSupervisorMode() {
    boot(null, linux(0x20_0000, 0x10_0000), null);
    assertThat(machine.hart().mode()).isEqualTo("S");
    assertThat(machine.hart().block().pc()).isEqualTo(KERNEL);
  }

  @Test
  void whatIsResidentIsRunInSupervisorModeInPlaceOfAKernel() {
    OptionalLong flash = OptionalLong.of(0x2000_0000);
    machine.boot(Optional.empty(), Optional.empty(), Optional.empty(), flash);
    assertThat(machine.hart().mode()).isEqualTo("S");
    assertThat(machine.hart().block().pc()).isEqualTo(0x2000_0000);
    assertThat(deviceTree()).isNotEmpty();
  }

  @Test
  void aKernelIsRunEvenIfSomethingIsResident() {
    OptionalLong flash = OptionalLong.of(0x2000_0000);
    machine.boot(Optional.empty(), image("kernel", new byte[8]), Optional.empty(), flash);
    assertThat(machine.hart().block().pc()).isEqualTo(KERNEL);
  }

  @Test
  void whatIsResidentIsNamedInTheInformationOfDynamicFirmware() {
    OptionalLong flash = OptionalLong.of(0x2000_0000);
    machine.boot(image("fw", new byte[8]), Optional.empty(), Optional.empty(), flash);
    assertThat(machine.hart().block().pc()).isEqualTo(RAM);
    byte[] next = bytesAt(register(machine.hart(), 2) + 16, 4);
    assertThat(next).containsExactly(0, 0, 0, 0x20);
  }

  @Test
  void linuxImageSaysWhereItWantsToBe() {
    boot(null, linux(0x30_0000, 0), null);
    assertThat(machine.hart().block().pc()).isEqualTo(RAM + 0x30_0000);
  }

  @Test
  void initialDiskLiesBelowTheDeviceTreeWhichNamesIt() {
    byte[] initrd = new byte[5000];
    Arrays.fill(initrd, (byte) 0x5a);
    boot(null, linux(0x20_0000, 0x10_0000), initrd);
    String[] range = deviceTree().split("-");
    long start = Long.parseUnsignedLong(range[0], 16);
    long end = Long.parseUnsignedLong(range[1], 16);
    assertThat(end - start).isEqualTo(5000);
    assertThat(start % 4096).isZero();
    assertThat(start).isGreaterThanOrEqualTo(KERNEL + 0x10_0000);
    assertThat(end).isLessThanOrEqualTo(register(machine.hart(), 1));
    assertThat(bytesAt(start, 5000)).isEqualTo(initrd);
  }

  @Test
  void deviceTreeIsAlignedAndHasRoomToGrow() {
    boot(new byte[4], null, null);
    long tree = register(machine.hart(), 1);
    assertThat(tree % 8).isZero();
    assertThat(tree + 33 + (64 << 10)).isLessThanOrEqualTo(RAM + RAM_BYTES);
    assertThat(deviceTree()).matches("(\\w{16})-\\1");
  }

  @Test
  void compressedKernelIsUnpacked() throws IOException {
    boot(null, gzip(linux(0x20_0000, 0)), null);
    assertThat(bytesAt(KERNEL, 64)).isEqualTo(linux(0x20_0000, 0));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  @Test
  void damagedCompressionIsRefused() throws IOException {
    byte[] packed = gzip(linux(0x20_0000, 0));
    assertThatThrownBy(() -> boot(null, Arrays.copyOf(packed, packed.length - 12), null))
        .isInstanceOf(VivariumException.class)
        .hasMessageStartingWith("kernel: damaged gzip data");
  }

  @Test
  void compressedImageLargerThanMemoryIsRefused() throws IOException {
    assertRefused(
        null,
        gzip(new byte[9 << 20]),
        null,
        "kernel, unpacked, does not fit into 8 MiB of RAM: at least 9 MiB are needed");
  }

  @Test
  void nothingToBootIsRefused() {
    assertRefused(null, null, null, "nothing to boot: give a firmware or a kernel");
    assertRefused(new byte[0], null, null, "fw: the file is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 1, fw: a 32-bit ELF file; 64-bit RISC-V is wanted",
    "5, 2, fw: an ELF file of another architecture than RISC-V",
    "18, 62, fw: an ELF file of another architecture than RISC-V",
    "56, 0, fw: an ELF file with nothing to load",
    "56, 9, fw: the ELF file is truncated",
    "97, 1, fw: the ELF file is truncated",
    "103, -1, fw: the ELF file is truncated",
    "104, 1, fw: an ELF file whose segment is larger than its memory"
  })
  void elfThatIsNotRightIsRefusedInOneLine(int offset, byte value, String message) {
    ByteBuffer file = elf(RAM, RAM, RAM, new byte[8], 8).put(offset, value);
    assertRefused(file.array(), null, null, message);
  }

  @Test
  void truncatedElfIsRefused() {
    byte[] whole = elf(RAM, RAM, RAM, new byte[8], 8).array();
    assertRefused(Arrays.copyOf(whole, 127), null, null, "fw: the ELF file is truncated");
    assertRefused(Arrays.copyOf(whole, 20), null, null, "fw: the ELF file is truncated");
  }

  @Test
  void elfOutsideMemoryIsRefused() {
    byte[] file = elf(0x1000, 0x1000, 0x1000, new byte[8], 8).array();
    assertRefused(
        file,
        null,
        null,
        "fw: wants to be at 0x1000, where there is no RAM; RAM begins at 0x80000000");
  }

  @Test
  void imageThatDoesNotFitTellsWhatIsNeeded() {
    assertRefused(
        null,
        linux(0x20_0000, 10 << 20),
        null,
        "kernel does not fit into 8 MiB of RAM: at least 12 MiB are needed");
  }

  @Test
  void initialDiskThatDoesNotFitTellsWhatIsNeeded() {
    assertRefused(
        null,
        linux(0x20_0000, 4 << 20),
        new byte[3 << 20],
        "the kernel with its initial RAM disk does not fit into 8 MiB of RAM: at least 10 MiB are"
            + " needed");
  }

  @Test
  void overlappingImagesAreRefused() {
    assertRefused(new byte[3 << 20], linux(0x20_0000, 0), null, "fw and kernel overlap in memory");
  }

  @Test
  void damagedLinuxHeaderIsRefused() {
    assertRefused(null, linux(-1, 0), null, "kernel: the header of the Linux image is damaged");
  }
}
