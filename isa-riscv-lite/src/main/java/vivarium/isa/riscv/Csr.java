package vivarium.isa.riscv;

import java.util.function.Predicate;

/**
 * One control and status register: how it is read and written. Privilege and whether it is
 * read-only follow from its number (privileged specification, section 2.1).
 *
 * @param name as in the manual
 * @param number 12 bits
 * @param reader the value an instruction gets
 * @param writer makes the value legal and stores it
 * @param base from the value read, the one that csrrs and csrrc modify; the same but for mip
 * @param guard what else must hold for an access, such as mstatus.FS not Off
 */
record Csr(
    String name, int number, Reader reader, Writer writer, Base base, Predicate<RiscvHart> guard) {
  /** Reads a register of a hart. */
  @FunctionalInterface
  interface Reader {
    long read(RiscvHart hart);
  }

  /** Writes a register of a hart. */
  @FunctionalInterface
  interface Writer {
    void write(RiscvHart hart, long value);
  }

  /** The value to modify, from the value read. */
  @FunctionalInterface
  interface Base {
    long of(RiscvHart hart, long read);
  }

  /** The lowest privilege that may access it. */
  int privilege() {
    return number >>> 8 & 3;
  }

  boolean readOnly() {
    return number >>> 10 == 3;
  }

  boolean allows(RiscvHart hart) {
    return guard.test(hart);
  }

  long read(RiscvHart hart) {
    return reader.read(hart);
  }

  void write(RiscvHart hart, long value) {
    writer.write(hart, value);
  }

  long base(RiscvHart hart, long read) {
    return base.of(hart, read);
  }
}
