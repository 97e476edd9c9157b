package vivarium.isa.riscv.insn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A static RISC-V executable: one segment that may be read, written and executed, whose entry is
 * its first byte. Its attributes name the extensions, without which objdump knows only RV64GC.
 */
public final class ElfImage {
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int SECTION_HEADER = 64;
  private static final int TEXT_OFFSET = 0x1000;
  private static final int SECTIONS = 4;
  private static final short ET_EXEC = 2;
  private static final short EM_RISCV = 243;
  private static final int EF_RISCV_RVC_FLOAT_ABI_DOUBLE = 5;
  private static final int SHT_RISCV_ATTRIBUTES = 0x7000_0003;
  private static final String ARCHITECTURE =
      "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0_zba1p0_zbb1p0_zbs1p0";
  private static final String NAMES = "\0.text\0.riscv.attributes\0.shstrtab\0";

  private ElfImage() {}

  /**
   * Builds the file.
   *
   * @param text code and data
   * @param address where it is loaded: a multiple of 4096
   * @param zeros bytes of zeros that follow it in memory
   */
  public static byte[] of(byte[] text, long address, long zeros) {
    byte[] attributes = attributes();
    byte[] names = NAMES.getBytes(StandardCharsets.US_ASCII);
    int attributesOffset = TEXT_OFFSET + text.length;
    int namesOffset = attributesOffset + attributes.length;
    int sections = namesOffset + names.length;
    ByteBuffer file = ByteBuffer.allocate(sections + SECTIONS * SECTION_HEADER);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    file.putShort(ET_EXEC).putShort(EM_RISCV).putInt(1).putLong(address);
    file.putLong(HEADER).putLong(sections).putInt(EF_RISCV_RVC_FLOAT_ABI_DOUBLE);
    file.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
    file.putShort((short) SECTION_HEADER).putShort((short) SECTIONS).putShort((short) 3);
    file.putInt(1).putInt(7).putLong(TEXT_OFFSET).putLong(address).putLong(address);
    file.putLong(text.length).putLong(text.length + zeros).putLong(0x1000);
    file.position(TEXT_OFFSET).put(text).put(attributes).put(names);
    section(file, "", 0, 0, 0, 0, 0);
    section(file, ".text", 1, 6, address, TEXT_OFFSET, text.length);
    section(
        file, ".riscv.attributes", SHT_RISCV_ATTRIBUTES, 0, 0, attributesOffset, attributes.length);
    section(file, ".shstrtab", 3, 0, 0, namesOffset, names.length);
    return file.array();
  }

  private static void section(
      ByteBuffer file, String name, int type, long flags, long address, int offset, int size) {
    int at = name.isEmpty() ? 0 : NAMES.indexOf("\0" + name + "\0") + 1;
    file.putInt(at).putInt(type).putLong(flags).putLong(address).putLong(offset).putLong(size);
    file.putInt(0).putInt(0).putLong(1).putLong(0);
  }

  /** One subsection of the vendor "riscv" with Tag_RISCV_arch for the whole file. */
  private static byte[] attributes() {
    byte[] architecture = (ARCHITECTURE + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] vendor = "riscv\0".getBytes(StandardCharsets.US_ASCII);
    int file = 1 + 4 + 1 + architecture.length;
    ByteBuffer out = ByteBuffer.allocate(1 + 4 + vendor.length + file);
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'A').putInt(4 + vendor.length + file).put(vendor);
    out.put((byte) 1).putInt(file).put((byte) 5).put(architecture);
    return out.array();
  }
}
