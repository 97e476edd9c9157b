package vivarium.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import vivarium.api.VivariumException;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Encoding;
import vivarium.api.isa.InstructionTable;

/** RISC-V code as it grows. */
final class RiscvCode {
  private final InstructionTable table;
  private final long base;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  RiscvCode(InstructionTable table, long base) {
    this.table = table;
    this.base = base;
  }

  int size() {
    return out.size();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /** Appends an instruction with its fields in declaration order. */
  void emit(String mnemonic, long... fields) {
    Encoding encoding = table.encoding(mnemonic);
    raw(encoding.encode(fields), encoding.length());
  }

  void raw(int bits, int length) {
    for (int i = 0; i < length; i++) {
      out.write(bits >>> 8 * i);
    }
  }

  void append(RiscvCode other) {
    out.writeBytes(other.bytes());
  }

  void append(RiscvCode other, int from, int to) {
    out.write(other.bytes(), from, to - from);
  }

  /** A number that fits 32 bits, always by two instructions. */
  void load(int register, long value) {
    long low = value << 52 >> 52;
    emit("lui", register, value - low >> 12);
    emit("addiw", register, register, low);
  }

  /** An address near this one, always by two instructions. */
  void loadAddress(int register, long address) {
    long offset = address - (base + size());
    long low = offset << 52 >> 52;
    emit("auipc", register, offset - low >> 12);
    emit("addi", register, register, low);
  }

  List<Decoded> listing() {
    byte[] bytes = bytes();
    List<Decoded> decoded = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int length = (bytes[at] & 3) == 3 ? 4 : 2;
      int bits = 0;
      for (int i = 0; i < length; i++) {
        bits |= (bytes[at + i] & 0xff) << 8 * i;
      }
      Decoded one = table.decode(bits, length);
      if (one == null) {
        throw new VivariumException("no instruction " + Integer.toHexString(bits));
      }
      decoded.add(one);
      at += length;
    }
    return decoded;
  }
}
