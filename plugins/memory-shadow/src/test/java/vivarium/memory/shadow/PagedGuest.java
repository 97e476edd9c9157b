package vivarium.memory.shadow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
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
import vivarium.api.memory.Translation;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.BoundedFrames;
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

  /** Frames in the order of the pages they back. */
  static final RamFrames IN_ORDER = page -> page * PAGE;

  /** Frames of which no two neighbours lie together. */
  static final RamFrames SCATTERED = page -> (page ^ 0x155) * PAGE;

  final Counters counters = new Counters();
  final GuestMemory memory;
  final BoundedFrames frames;
  final Paging paging;
  final RiscvHart hart;
  final MemorySegment machine = Arena.ofAuto().allocate(RAM_BYTES, RAM_BYTES);
  private final Translation translation = new Translation();

  PagedGuest(MemoryStrategy strategy, RamFrames ramFrames, int tableFrames, String... options) {
    memory = new GuestMemory(machine, RAM, RAM_BYTES, ramFrames);
    frames = new BoundedFrames(tableFrames);
    Map<String, String> named = options.length == 0 ? Map.of() : Map.of(options[0], options[1]);
    paging = strategy.create(new PagingEnvironment(memory, frames, counters, named));
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

  /** A guest under shadow tables, RAM in order, with frames enough. */
  static PagedGuest shadowed() {
    return new PagedGuest(new ShadowStrategy(), IN_ORDER, 64);
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

  long get(long table, int index) {
    return memory.loadUnguarded(table + 8L * index, 8);
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

  boolean guarded(long gpa) {
    return !memory.mayStoreDirectly(gpa);
  }

  Mmu mmu() {
    return hart.mmu();
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
