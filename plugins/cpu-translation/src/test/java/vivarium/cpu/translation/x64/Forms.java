package vivarium.cpu.translation.x64;

import static vivarium.cpu.translation.x64.Listing.imm;
import static vivarium.cpu.translation.x64.Listing.mem;
import static vivarium.cpu.translation.x64.Listing.reg;

/**
 * Emits one operation with every register in every role and every way of addressing, into a {@link
 * Listing} that says what should be printed.
 */
final class Forms {
  static final int REGISTERS = 16;

  private static final int[] DISPLACEMENTS = {0, 8, -1, 127, 128, -128, -129, 0x12345678, -0x8000};
  private static final int[] IMMEDIATES = {0, 1, 127, -128, 128, -129, 0x12345678, -0x12345678};
  private static final int[] IMMEDIATES_16 = {0, 1, 127, -128, 128, -129, 0x1234, -0x1234};
  private static final int[] IMMEDIATES_8 = {0, 1, 31, 127, -128, -1};

  private final Listing listing;

  Forms(Listing listing) {
    this.listing = listing;
  }

  /** How a memory form is emitted and printed, once the address is chosen. */
  interface Plain {
    void emit(int base, int disp, int other);
  }

  /** As {@link Plain} with an index. */
  interface Indexed {
    void emit(int base, int index, int scale, int disp, int other);
  }

  private static void plainAddresses(Plain plain) {
    int other = 0;
    for (int base = 0; base < REGISTERS; base++) {
      for (int disp : DISPLACEMENTS) {
        plain.emit(base, disp, other++ % REGISTERS);
      }
    }
  }

  private static void indexedAddresses(Indexed indexed) {
    int turn = 0;
    for (int base = X64.NO_BASE; base < REGISTERS; base++) {
      for (int index = 0; index < REGISTERS; index++) {
        if (index != X64.RSP) {
          int disp = DISPLACEMENTS[turn % DISPLACEMENTS.length];
          indexed.emit(base, index, 1 << turn % 4, disp, turn * 7 % REGISTERS);
          turn++;
        }
      }
    }
  }

  /** Both registers, any with any. */
  void rr(int op, String name, char first, char second) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int b = 0; b < REGISTERS; b++) {
        listing.expect(name + " " + reg(first, a) + "," + reg(second, b)).rr(op, a, b);
      }
    }
  }

  /** As {@link #rr} where binutils prints ModRM.rm first though the order means nothing. */
  void rrPrintedSwapped(int op, String name, char size) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int b = 0; b < REGISTERS; b++) {
        listing.expect(name + " " + reg(size, b) + "," + reg(size, a)).rr(op, a, b);
      }
    }
  }

  void rm(int op, String name, char first, char memory) {
    plainAddresses(
        (base, disp, a) ->
            listing
                .expect(name + " " + reg(first, a) + "," + mem(memory, base, disp))
                .rm(op, a, base, disp));
    indexedAddresses(
        (base, index, scale, disp, a) ->
            listing
                .expect(name + " " + reg(first, a) + "," + mem(memory, base, index, scale, disp))
                .rm(op, a, base, index, scale, disp));
  }

  /** As {@link #rm} where binutils prints the memory operand first. */
  void rmPrintedSwapped(int op, String name, char size) {
    plainAddresses(
        (base, disp, a) ->
            listing
                .expect(name + " " + mem(size, base, disp) + "," + reg(size, a))
                .rm(op, a, base, disp));
    indexedAddresses(
        (base, index, scale, disp, a) ->
            listing
                .expect(name + " " + mem(size, base, index, scale, disp) + "," + reg(size, a))
                .rm(op, a, base, index, scale, disp));
  }

  void mr(int op, String name, char memory, char second) {
    plainAddresses(
        (base, disp, a) ->
            listing
                .expect(name + " " + mem(memory, base, disp) + "," + reg(second, a))
                .mr(op, base, disp, a));
    indexedAddresses(
        (base, index, scale, disp, a) ->
            listing
                .expect(name + " " + mem(memory, base, index, scale, disp) + "," + reg(second, a))
                .mr(op, base, index, scale, disp, a));
  }

  private static int[] immediates(char size) {
    return switch (size) {
      case Listing.BYTE -> IMMEDIATES_8;
      case Listing.WORD -> IMMEDIATES_16;
      default -> IMMEDIATES;
    };
  }

  void ri(int op, String name, char size) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int value : immediates(size)) {
        listing.expect(name + " " + reg(size, a) + "," + imm(size, value)).ri(op, a, value);
      }
    }
  }

  void mi(int op, String name, char size) {
    int[] values = immediates(size);
    plainAddresses(
        (base, disp, turn) -> {
          int value = values[turn % values.length];
          listing
              .expect(name + " " + mem(size, base, disp) + "," + imm(size, value))
              .mi(op, base, disp, value);
        });
    indexedAddresses(
        (base, index, scale, disp, turn) -> {
          int value = values[turn % values.length];
          listing
              .expect(name + " " + mem(size, base, index, scale, disp) + "," + imm(size, value))
              .mi(op, base, index, scale, disp, value);
        });
  }

  /** A one-byte immediate, printed as it is: shift counts and bit numbers. */
  void countedRi(int op, String name, char size) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int count = 1; count < 32; count += 5) {
        String text = name + " " + reg(size, a) + "," + imm(Listing.BYTE, count);
        listing.expect(text).ri(op, a, count);
      }
    }
  }

  void countedMi(int op, String name, char size) {
    plainAddresses(
        (base, disp, turn) ->
            listing
                .expect(name + " " + mem(size, base, disp) + "," + imm(Listing.BYTE, turn + 2))
                .mi(op, base, disp, turn + 2));
    indexedAddresses(
        (base, index, scale, disp, turn) ->
            listing
                .expect(name + " " + mem(size, base, index, scale, disp) + ",0x9")
                .mi(op, base, index, scale, disp, 9));
  }

  /** {@code suffix} is what is printed after the operand, such as {@code ,cl}. */
  void r(int op, String name, char size, String suffix) {
    for (int a = 0; a < REGISTERS; a++) {
      listing.expect(name + " " + reg(size, a) + suffix).r(op, a);
    }
  }

  void m(int op, String name, char size, String suffix) {
    plainAddresses(
        (base, disp, turn) ->
            listing.expect(name + " " + mem(size, base, disp) + suffix).m(op, base, disp));
    indexedAddresses(
        (base, index, scale, disp, turn) ->
            listing
                .expect(name + " " + mem(size, base, index, scale, disp) + suffix)
                .m(op, base, index, scale, disp));
  }

  void rrr(int op, String name, char size) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int b = 0; b < REGISTERS; b++) {
        for (int c = 0; c < REGISTERS; c += 5) {
          listing
              .expect(name + " " + reg(size, a) + "," + reg(size, b) + "," + reg(size, c))
              .rrr(op, a, b, c);
        }
      }
    }
  }

  void rrm(int op, String name, char size, char memory) {
    plainAddresses(
        (base, disp, a) -> {
          int b = (a * 3 + base) % REGISTERS;
          String registers = name + " " + reg(size, a) + "," + reg(size, b) + ",";
          listing.expect(registers + mem(memory, base, disp)).rrm(op, a, b, base, disp);
        });
    indexedAddresses(
        (base, index, scale, disp, a) -> {
          int b = (a * 3 + index) % REGISTERS;
          listing
              .expect(
                  name
                      + " "
                      + reg(size, a)
                      + ","
                      + reg(size, b)
                      + ","
                      + mem(memory, base, index, scale, disp))
              .rrm(op, a, b, base, index, scale, disp);
        });
  }

  void rmr(int op, String name, char size) {
    plainAddresses(
        (base, disp, a) -> {
          int c = (a * 3 + base) % REGISTERS;
          listing
              .expect(name + " " + reg(size, a) + "," + mem(size, base, disp) + "," + reg(size, c))
              .rmr(op, a, base, disp, c);
        });
    indexedAddresses(
        (base, index, scale, disp, a) -> {
          int c = (a * 3 + index) % REGISTERS;
          listing
              .expect(
                  name
                      + " "
                      + reg(size, a)
                      + ","
                      + mem(size, base, index, scale, disp)
                      + ","
                      + reg(size, c))
              .rmr(op, a, base, index, scale, disp, c);
        });
  }

  /** {@code text} is the printed immediate. */
  void rri(int op, String name, char first, char second, int value, String text) {
    for (int a = 0; a < REGISTERS; a++) {
      for (int b = 0; b < REGISTERS; b++) {
        listing
            .expect(name + " " + reg(first, a) + "," + reg(second, b) + text)
            .rri(op, a, b, value);
      }
    }
  }

  void rmi(int op, String name, char first, char memory, int value, String text) {
    plainAddresses(
        (base, disp, a) ->
            listing
                .expect(name + " " + reg(first, a) + "," + mem(memory, base, disp) + text)
                .rmi(op, a, base, disp, value));
  }
}
