package vivarium.memory.protection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import vivarium.api.cpu.Counters;
import vivarium.api.device.Bus;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.Paging;
import vivarium.api.memory.PagingEnvironment;
import vivarium.api.memory.RamFrames;
import vivarium.api.memory.TableFrames;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.FakeClock;
import vivarium.testkit.FakeControl;

/** RAM, one hart and a memory strategy; page tables are written by hand. */
final class PagedGuest {
  static final long RAM = 0x8000_0000L;
  static final long RAM_BYTES = 8 << 20;
  static final long PAGE = 4096;
  static final long DEVICE = 0x1000_0000L;

  static final long V = 1;
  static final long R = 2;
  static final long W = 4;
  static final long X = 8;
  static final long U = 16;
  static final long G = 32;
  static final long A = 64;
  static final long D = 128;
  static final long RW = V | R | W | A | D;

  static final int KERNEL = SvFormat.SUPERVISOR | SvFormat.ADUE;

  /** Permissions in a PMP entry. */
  static final int PMP_ALL = 7;

  private static final int PMPADDR0 = 0x3b0;
  private static final int PMPCFG0 = 0x3a0;
  private static final int PMP_NAPOT = 0x18;

  /** Machine address of the first frame that is this guest's; those around it are foreign. */
  static final long FIRST_FRAME = 4 << 20;

  /** Frames in the order of the pages they back. */
  static final RamFrames IN_ORDER = page -> FIRST_FRAME + page * PAGE;

  /** Frames of which no two neighbours lie together. */
  static final RamFrames SCATTERED = page -> FIRST_FRAME + (page ^ 0x155) * PAGE;

  private static final byte FOREIGN = 0x47;

  final Counters counters = new Counters();
  final GuestMemory memory;
  final Paging paging;
  final RiscvHart hart;
  final MemorySegment machine = Arena.ofAuto().allocate(2 * RAM_BYTES, RAM_BYTES);
  private final Translation translation = new Translation();

  PagedGuest(MemoryStrategy strategy, RamFrames ramFrames, String... options) {
    machine.fill(FOREIGN);
    ownFrames().fill((byte) 0);
    memory = new GuestMemory(machine, RAM, RAM_BYTES, ramFrames);
    Map<String, String> named = options.length == 0 ? Map.of() : Map.of(options[0], options[1]);
    paging = strategy.create(new PagingEnvironment(memory, new NoFrames(), counters, named));
    HartBlock block = new HartBlock(Arena.ofAuto().allocate(HartBlock.BYTES, 64));
    hart =
        (RiscvHart)
            new RiscvInstructionSet()
                .createHart(
                    new HartEnvironment(
                        0,
                        block,
                        memory,
                        new NoBus(),
                        new FakeClock(),
                        new FakeControl(),
                        counters));
    hart.writeCsr(PMPADDR0 + 1, -1);
    protect(RAM, PMP_ALL);
    hart.mmu().setPaging(paging);
  }

  /** A guest under protected tables, RAM in order. */
  static PagedGuest direct() {
    return new PagedGuest(new ProtectedStrategy(), IN_ORDER);
  }

  /** Lets S and U do with one page only what the permissions say, and all with all others. */
  void protect(long gpa, int permissions) {
    hart.writeCsr(PMPADDR0, gpa >>> 2 | 0x1ff);
    hart.writeCsr(PMPCFG0, (PMP_NAPOT | PMP_ALL) << 8 | PMP_NAPOT | permissions);
  }

  /** Guest-physical address of a page by its number in RAM. */
  static long page(int number) {
    return RAM + number * PAGE;
  }

  static long entry(long gpa, long flags) {
    return gpa >>> 12 << 10 | flags;
  }

  TranslationContext context(PageTableFormat format, long root, int mode) {
    return new TranslationContext(hart, 0, format, root, 0, mode);
  }

  /** Writes an entry of a table, as the guest would. */
  void set(long table, int index, long entry) {
    memory.store(table + 8L * index, 8, entry);
  }

  /** An entry of a table, as the guest reads it. */
  long get(long table, int index) {
    return memory.load(table + 8L * index, 8);
  }

  /** An entry of a table, as its frame holds it. */
  long inFrame(long table, int index) {
    return memory.loadUnguarded(table + 8L * index, 8);
  }

  /** The machine address behind a page, in an entry. */
  long entryInFrame(long gpa, long flags) {
    return entry(memory.machineAddress(gpa), flags);
  }

  /** Maps a page by an Sv39 root and tables at the two pages after it. */
  void map(long root, long va, long leaf) {
    set(root, vpn(va, 2), entry(root + PAGE, V));
    set(root + PAGE, vpn(va, 1), entry(root + 2 * PAGE, V));
    set(root + 2 * PAGE, vpn(va, 0), leaf);
  }

  static int vpn(long va, int level) {
    return (int) (va >>> 12 + 9 * level) & 511;
  }

  /** What an access finds: a translation or a trap, as text that can be compared. */
  String access(TranslationContext context, long va, Access access) {
    try {
      paging.translate(context, va, access, translation);
      return "gpa=%x permissions=%d global=%b span=%x"
          .formatted(
              translation.gpa(),
              translation.permissions(),
              translation.global(),
              translation.span());
    } catch (Trap trap) {
      return trap.toString();
    }
  }

  /** As {@link #access}, in S-mode under Sv39. */
  String access(long root, long va, Access access) {
    return access(context(SvFormat.SV39, root, KERNEL), va, access);
  }

  /** The guest-physical address of a load in S-mode under Sv39, or -1 for a fault. */
  long load(long root, long va) {
    try {
      paging.translate(context(SvFormat.SV39, root, KERNEL), va, Access.LOAD, translation);
      return translation.gpa();
    } catch (Trap trap) {
      return -1;
    }
  }

  /** What a walk of the frames finds that knows machine addresses and nothing else. */
  String hardwareWalk(TranslationContext context, long va, Access access) {
    Walk walk = new Walk();
    PageTableFormat format = Objects.requireNonNull(context.format());
    long root = memory.machineAddress(context.root());
    format.walk(context, new Frames(machine), root, va, access, walk);
    return switch (walk.outcome()) {
      case MAPPED ->
          "gpa=%x permissions=%d global=%b span=%x"
              .formatted(
                  memory.guestAddress(walk.address()),
                  walk.permissions(),
                  walk.global(),
                  PAGE << format.indexBits() * walk.level());
      case PAGE_FAULT -> context.hart().pageFault(access, va).toString();
      case ACCESS_FAULT -> context.hart().accessFault(access, va).toString();
    };
  }

  MemorySegment ownFrames() {
    return machine.asSlice(FIRST_FRAME, RAM_BYTES);
  }

  void assertForeignFramesUntouched() {
    MemorySegment expected = Arena.ofAuto().allocate(machine.byteSize());
    expected.fill(FOREIGN);
    expected.asSlice(FIRST_FRAME, RAM_BYTES).copyFrom(ownFrames());
    long written = machine.mismatch(expected);
    if (written >= 0) {
      throw new AssertionError("foreign frame written at ma 0x" + Long.toHexString(written));
    }
  }

  boolean guarded(long gpa) {
    boolean stores = !memory.mayStoreDirectly(gpa);
    boolean loads = !memory.mayLoadDirectly(gpa);
    if (stores != loads) {
      throw new AssertionError("guarded by half");
    }
    return stores;
  }

  Mmu mmu() {
    return hart.mmu();
  }

  /** The strategy has no tables of its own. */
  private static final class NoFrames implements TableFrames {
    @Override
    public long allocate() {
      return NONE;
    }

    @Override
    public void free(long ma) {
      throw new IllegalStateException("no frame was given");
    }

    @Override
    public void write(long ma, long entry) {
      throw new IllegalStateException("no frame was given");
    }

    @Override
    public long read(long address) {
      throw new IllegalStateException("no frame was given");
    }

    @Override
    public boolean compareAndSet(long address, long expected, long value) {
      throw new IllegalStateException("no frame was given");
    }
  }

  /** Machine memory as a hardware walker sees it; a foreign frame is an error. */
  private record Frames(MemorySegment machine) implements TableMemory {
    @Override
    public long read(long ma) {
      if (ma < FIRST_FRAME || ma >= FIRST_FRAME + RAM_BYTES) {
        throw new AssertionError("foreign frame walked at ma 0x" + Long.toHexString(ma));
      }
      long entry = machine.get(ValueLayout.JAVA_LONG, ma);
      boolean looksMissing = entry == MISSING;
      return looksMissing ? Long.MAX_VALUE : entry;
    }

    @Override
    public boolean compareAndSet(long ma, long expected, long value) {
      throw new AssertionError("marked before");
    }
  }

  private static final class NoBus implements Bus {
    @Override
    public boolean covers(long gpa, int width) {
      return false;
    }

    @Override
    public long load(long gpa, int width) {
      return 0;
    }

    @Override
    public void store(long gpa, int width, long value) {}
  }
}
