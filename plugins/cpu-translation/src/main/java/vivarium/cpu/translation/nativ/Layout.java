package vivarium.cpu.translation.nativ;

import static vivarium.api.isa.HartBlock.ENGINE;

import java.util.Arrays;
import java.util.List;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.RegisterBank;
import vivarium.cpu.translation.x64.X64;

/**
 * Which host register holds what while emitted code runs, and the engine's part of the hart block.
 * Offsets named here are from the start of the block; emitted code addresses them by {@link #at}.
 */
final class Layout {
  /** Holds the block's address plus {@link #BIAS}, so that 32 registers take one-byte offsets. */
  static final int BLOCK = X64.RBP;

  static final int BIAS = 128;

  /** Holds the steps left in this slice of the run. */
  static final int BUDGET = X64.R15;

  /** Holds host address minus virtual address, in contexts where that is one constant. */
  static final int ADDEND = X64.R14;

  /** Holds the address of the current data context's TLB. */
  static final int TLB = X64.R13;

  /** Hold guest registers all the time. */
  private static final int[] PIN_HOSTS = {X64.RBX, X64.RSI, X64.RDI, X64.R8, X64.R9, X64.R10};

  /** Hold values within a trace. */
  static final int[] TEMPS = {X64.RAX, X64.RCX, X64.RDX, X64.R11, X64.R12};

  /** Assembly names of the guest registers worth a host register, best first. */
  private static final List<String> WORTH_PINNING =
      List.of("a5", "a4", "a0", "a3", "sp", "a1", "a2", "s0", "s1");

  /** Temporaries saved where emitted code is suspended: 16 general registers by host number. */
  static final int SAVED = ENGINE;

  /** Low halves of the 16 XMM registers. */
  static final int SAVED_XMM = ENGINE + 128;

  /** Address of the current TLB (64 bits). */
  static final int CURRENT_TLB = ENGINE + 256;

  /** The current context's addend (64 bits). */
  static final int CURRENT_ADDEND = ENGINE + 264;

  /** Address of the current jump table (64 bits). */
  static final int CURRENT_JUMPS = ENGINE + 272;

  /** Where suspended code is resumed (64 bits). */
  static final int RESUME = ENGINE + 280;

  /** Number of the site at which emitted code was left (32 bits). */
  static final int EXIT_SITE = ENGINE + 288;

  /** MXCSR of the host's C code, while {@link #GUEST_FLOATS} (32 bits). */
  static final int HOST_MXCSR = ENGINE + 292;

  /** MXCSR for emitted code that computes with floats; as it was left on exit (32 bits). */
  static final int GUEST_MXCSR = ENGINE + 296;

  /** Where code that has borrowed pins goes on once it has them back (64 bits). */
  static final int RESUME_BORROWED = ENGINE + 304;

  /** Whether the guest's MXCSR is in force, not the host's (32 bits). */
  static final int GUEST_FLOATS = ENGINE + 312;

  /** Steps of the budget kept back while emitted code runs (64 bits). */
  static final int RESERVE = ENGINE + 320;

  /** An MXCSR in the making (32 bits). */
  static final int SCRATCH_MXCSR = ENGINE + 300;

  /** Values that found no register (64 bits each). */
  static final int SPILLS = ENGINE + 512;

  static final int SPILL_SLOTS = 128;

  /** The canonical NaN of binary64; this and what follows are 16 bytes each, aligned. */
  static final int NAN_64 = SPILLS + 8 * SPILL_SLOTS;

  /** The canonical NaN of binary32. */
  static final int NAN_32 = NAN_64 + 16;

  /** The sign bit of binary64. */
  static final int SIGN_64 = NAN_64 + 32;

  /** The sign bit of binary32. */
  static final int SIGN_32 = NAN_64 + 48;

  /** The upper half of a boxed binary32. */
  static final int BOX = NAN_64 + 64;

  private final int[] pinOfRegister = new int[HartBlock.MAX_REGISTERS];
  private final int[] pinned;

  /** Chooses the guest registers to pin, by their assembly names. */
  Layout(List<RegisterBank> banks) {
    Arrays.fill(pinOfRegister, -1);
    int[] chosen = new int[PIN_HOSTS.length];
    int count = 0;
    for (String name : WORTH_PINNING) {
      int register = registerNamed(banks, name);
      if (register >= 0 && count < chosen.length) {
        pinOfRegister[register] = PIN_HOSTS[count];
        chosen[count++] = register;
      }
    }
    pinned = Arrays.copyOf(chosen, count);
  }

  private static int registerNamed(List<RegisterBank> banks, String name) {
    for (RegisterBank bank : banks) {
      int number = bank.names().indexOf(name);
      if (number >= 0) {
        return bank.firstIndex() + number;
      }
    }
    return -1;
  }

  /** The host register that holds a guest register, or -1 if its home is in the block. */
  int pin(int register) {
    return pinOfRegister[register];
  }

  /** The guest registers that are pinned. */
  int[] pinned() {
    return pinned;
  }

  /** Displacement from {@link #BLOCK} of a place in the hart block. */
  static int at(int offset) {
    return offset - BIAS;
  }

  /** Displacement from {@link #BLOCK} of a guest register's place in the block. */
  static int register(int register) {
    return HartBlock.REGISTERS + 8 * register - BIAS;
  }
}
