package vivarium.isa.riscv.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.VivariumException;
import vivarium.api.isa.BootRequest.Image;

/** The loadable parts of a 64-bit little-endian RISC-V ELF file; everything in it is checked. */
final class ElfFile {
  /**
   * A PT_LOAD segment.
   *
   * @param offset in the file
   * @param va virtual address
   * @param address physical address
   * @param fileBytes bytes in the file
   * @param memoryBytes bytes in memory, the rest zero
   */
  record Segment(long offset, long va, long address, long fileBytes, long memoryBytes) {}

  private static final int MAGIC = 0x464c_457f;
  private static final int EI_CLASS = 4;
  private static final int EI_DATA = 5;
  private static final int ELFCLASS64 = 2;
  private static final int ELFDATA2LSB = 1;
  private static final int EM_RISCV = 243;
  private static final int PT_LOAD = 1;
  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;

  private final String name;
  private final ByteBuffer file;
  private final List<Segment> segments = new ArrayList<>();

  ElfFile(Image image) {
    name = image.name();
    file = image.content().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (file.capacity() < HEADER_BYTES) {
      throw truncated();
    }
    if (file.get(EI_CLASS) != ELFCLASS64) {
      throw new VivariumException(name + ": a 32-bit ELF file; 64-bit RISC-V is wanted");
    }
    int machine = file.getShort(18) & 0xffff;
    if (file.get(EI_DATA) != ELFDATA2LSB || machine != EM_RISCV) {
      throw new VivariumException(name + ": an ELF file of another architecture than RISC-V");
    }
    readSegments(file.getLong(32), file.getShort(54) & 0xffff, file.getShort(56) & 0xffff);
  }

  static boolean isElf(Image image) {
    ByteBuffer bytes = image.content().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return bytes.capacity() >= Integer.BYTES && bytes.getInt() == MAGIC;
  }

  private void readSegments(long phoff, int phentsize, int phnum) {
    for (int i = 0; i < phnum; i++) {
      long at = phoff + (long) i * phentsize;
      if (phoff < 0
          || phentsize < PROGRAM_HEADER_BYTES
          || at > file.capacity() - PROGRAM_HEADER_BYTES) {
        throw truncated();
      }
      int header = (int) at;
      if (file.getInt(header) == PT_LOAD) {
        Segment segment =
            new Segment(
                file.getLong(header + 8),
                file.getLong(header + 16),
                file.getLong(header + 24),
                file.getLong(header + 32),
                file.getLong(header + 40));
        check(segment);
        if (segment.memoryBytes > 0) {
          segments.add(segment);
        }
      }
    }
    if (segments.isEmpty()) {
      throw new VivariumException(name + ": an ELF file with nothing to load");
    }
  }

  private void check(Segment segment) {
    boolean inFile =
        segment.offset >= 0
            && segment.fileBytes >= 0
            && segment.fileBytes <= file.capacity()
            && segment.offset <= file.capacity() - segment.fileBytes;
    if (!inFile) {
      throw truncated();
    }
    if (segment.memoryBytes < segment.fileBytes) {
      throw new VivariumException(name + ": an ELF file whose segment is larger than its memory");
    }
  }

  private VivariumException truncated() {
    return new VivariumException(name + ": the ELF file is truncated");
  }

  /** The entry point, a virtual address. */
  long entry() {
    return file.getLong(24);
  }

  /** What to load, at least one segment. */
  List<Segment> segments() {
    return segments;
  }
}
