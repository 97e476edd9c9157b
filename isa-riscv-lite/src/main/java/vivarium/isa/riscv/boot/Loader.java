package vivarium.isa.riscv.boot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import vivarium.api.VivariumException;
import vivarium.api.isa.BootRequest.Image;
import vivarium.api.memory.GuestMemory;

/** Copies images into RAM: ELF files to their own addresses, others where the caller says. */
final class Loader {
  /**
   * A loaded image.
   *
   * @param entry guest-physical address of its first instruction
   * @param start of the memory it needs
   * @param end after that memory, which includes what the image itself clears
   */
  record Loaded(String name, long entry, long start, long end) {
    boolean overlaps(Loaded other) {
      return start < other.end && other.start < end;
    }
  }

  private static final int GZIP_MAGIC = 0x8b1f;
  private static final long MIB = 1 << 20;

  /** Linux Documentation/arch/riscv/boot-image-header.rst: "RSC\x05" at 0x38. */
  private static final int LINUX_MAGIC2 = 0x0543_5352;

  private static final int LINUX_MAGIC2_AT = 0x38;
  private static final int LINUX_TEXT_OFFSET_AT = 8;
  private static final int LINUX_IMAGE_SIZE_AT = 16;
  private static final int LINUX_HEADER_BYTES = 64;

  private final GuestMemory memory;

  Loader(GuestMemory memory) {
    this.memory = memory;
  }

  /** Loads firmware: an ELF file, or a raw image to the start of RAM. */
  Loaded firmware(Image given) {
    Image image = unpacked(given);
    return ElfFile.isElf(image) ? elf(image) : raw(image, memory.base(), 0);
  }

  /** Loads a kernel: an ELF file, or a Linux or other image to where OpenSBI's fw_jump wants it. */
  Loaded kernel(Image given, long rawOffset) {
    Image image = unpacked(given);
    if (ElfFile.isElf(image)) {
      return elf(image);
    }
    ByteBuffer header = image.content().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    boolean linux =
        header.capacity() >= LINUX_HEADER_BYTES && header.getInt(LINUX_MAGIC2_AT) == LINUX_MAGIC2;
    if (!linux) {
      return raw(image, memory.base() + rawOffset, 0);
    }
    long offset = header.getLong(LINUX_TEXT_OFFSET_AT);
    long size = header.getLong(LINUX_IMAGE_SIZE_AT);
    if (offset < 0 || offset > memory.size() || size < 0) {
      throw new VivariumException(image.name() + ": the header of the Linux image is damaged");
    }
    return raw(image, memory.base() + offset, size);
  }

  /** Copies bytes to RAM that is known to be there. */
  void place(MemorySegment bytes, long gpa) {
    memory.write(gpa, bytes);
  }

  private Loaded raw(Image image, long start, long size) {
    long end = start + Math.max(size, image.content().byteSize());
    requireRam(image.name(), start, end);
    place(image.content(), start);
    return new Loaded(image.name(), start, start, end);
  }

  private Loaded elf(Image image) {
    ElfFile file = new ElfFile(image);
    long entry = file.entry();
    long start = Long.MAX_VALUE;
    long end = 0;
    for (ElfFile.Segment segment : file.segments()) {
      requireRam(image.name(), segment.address(), segment.address() + segment.memoryBytes());
      place(image.content().asSlice(segment.offset(), segment.fileBytes()), segment.address());
      clear(segment.address() + segment.fileBytes(), segment.memoryBytes() - segment.fileBytes());
      start = Math.min(start, segment.address());
      end = Math.max(end, segment.address() + segment.memoryBytes());
      if (entry - segment.va() >= 0 && entry - segment.va() < segment.memoryBytes()) {
        entry = entry - segment.va() + segment.address();
      }
    }
    return new Loaded(image.name(), entry, start, end);
  }

  private void clear(long gpa, long length) {
    MemorySegment zeros = MemorySegment.ofArray(new byte[1 << 16]);
    for (long done = 0; done < length; done += zeros.byteSize()) {
      memory.write(gpa + done, zeros.asSlice(0, Math.min(zeros.byteSize(), length - done)));
    }
  }

  private void requireRam(String name, long start, long end) {
    long base = memory.base();
    if (start < base || end < start) {
      throw new VivariumException(
          "%s: wants to be at 0x%x, where there is no RAM; RAM begins at 0x%x"
              .formatted(name, start, base));
    }
    if (!memory.isRam(start, end - start)) {
      throw tooSmall(memory, name, end - base);
    }
  }

  static VivariumException tooSmall(GuestMemory memory, String what, long neededBytes) {
    return new VivariumException(
        "%s does not fit into %d MiB of RAM: at least %d MiB are needed"
            .formatted(what, memory.size() / MIB, (neededBytes + MIB - 1) / MIB));
  }

  /** Unpacks a gzip-compressed image, never beyond the size of RAM. */
  private Image unpacked(Image image) {
    ByteBuffer bytes = image.content().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (!bytes.hasRemaining()) {
      throw new VivariumException(image.name() + ": the file is empty");
    }
    if (bytes.capacity() < Short.BYTES || bytes.getShort(0) != (short) GZIP_MAGIC) {
      return image;
    }
    byte[] packed = image.content().toArray(ValueLayout.JAVA_BYTE);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      int limit = (int) Math.min(memory.size(), Integer.MAX_VALUE - 64) + 1;
      byte[] unpacked = in.readNBytes(limit);
      if (unpacked.length == limit) {
        throw tooSmall(memory, image.name() + ", unpacked,", limit);
      }
      return new Image(image.name(), MemorySegment.ofArray(unpacked));
    } catch (IOException e) {
      throw new VivariumException(image.name() + ": damaged gzip data (" + e.getMessage() + ")", e);
    }
  }
}
