package vivarium.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.GuestMemory;
import vivarium.benchmarks.compare.GuestImages;
import vivarium.core.plugin.PluginCatalog;

/**
 * Code of a guest as it lies in its ELF file, found by decoding from where a guest begins.
 * Immutable.
 */
final class GuestCode {
  /** Where a guest's code begins in its file, behind the word with the scale. */
  private static final int FIRST = 0x1010;

  private final InstructionSet instructionSet;
  private final ByteBuffer image;
  private final List<Integer> addresses;

  private GuestCode(InstructionSet instructionSet, ByteBuffer image, List<Integer> addresses) {
    this.instructionSet = instructionSet;
    this.image = image;
    this.addresses = List.copyOf(addresses);
  }

  /**
   * The first instructions of a guest. What is none (data, padding) is passed over.
   *
   * @throws IllegalStateException if it has not so many
   */
  static GuestCode of(String guest, int instructions) {
    InstructionSet isa = PluginCatalog.ofModulePath().isa("rv64gc");
    ByteBuffer image = ByteBuffer.wrap(GuestImages.read(guest, 1)).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> found = new ArrayList<>();
    int at = FIRST;
    while (found.size() < instructions) {
      if (at + Integer.BYTES > image.capacity()) {
        throw new IllegalStateException(guest + " has only " + found.size() + " instructions");
      }
      int bits = image.getInt(at);
      int length = isa.length(bits);
      if (isa.table().decode(bits, length) == null) {
        at += isa.instructionAlignment();
      } else {
        found.add(at);
        at += length;
      }
    }
    return new GuestCode(isa, image, found);
  }

  InstructionSet instructionSet() {
    return instructionSet;
  }

  /** File offsets of the instructions. */
  List<Integer> addresses() {
    return addresses;
  }

  /** Four bytes of the file. */
  int bits(int address) {
    return image.getInt(address);
  }

  /** Some bytes of the file, zero-extended. */
  long load(long address, int bytes) {
    int at = (int) address;
    return bytes == Short.BYTES ? image.getShort(at) & 0xffffL : image.getInt(at) & 0xffff_ffffL;
  }

  /** The page of an address, for code that crosses into it. */
  static long page(long address) {
    return address & -GuestMemory.PAGE_BYTES;
  }
}
