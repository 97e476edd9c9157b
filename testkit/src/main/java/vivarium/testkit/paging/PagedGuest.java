package vivarium.testkit.paging;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Counters;
import vivarium.api.cpu.Stepper;
import vivarium.api.device.Bus;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.InstructionSet;
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
import vivarium.testkit.Assembler;
import vivarium.testkit.BoundedFrames;
import vivarium.testkit.FakeClock;
import vivarium.testkit.FakeControl;
import vivarium.testkit.device.EmptyBus;

/**
 * RAM, one RISC-V hart and a memory strategy; page tables are written by hand. All other frames of
 * machine memory are foreign. For one thread.
 */
public final class PagedGuest {
  /** Guest-physical address of RAM. */
  public static final long RAM = 0x8000_0000L;

  /** Bytes of RAM: 2048 pages. */
  public static final long RAM_BYTES = 8 << 20;

  /** Bytes of a page. */
  public static final long PAGE = 4096;

  /** An address that is no RAM. */
  public static final long DEVICE = 0x1000_0000L;

  /** Machine address of the first frame that is this guest's; those around it are foreign. */
  public static final long FIRST_FRAME = 4 << 20;

  /** Bit of a page-table entry: valid. */
  public static final long V = 1;

  /** Bit of a page-table entry: loads. */
  public static final long R = 2;

  /** Bit of a page-table entry: stores. */
  public static final long W = 4;

  /** Bit of a page-table entry: fetches. */
  public static final long X = 8;

  /** Bit of a page-table entry: user mode. */
  public static final long U = 16;

  /** Bit of a page-table entry: global. */
  public static final long G = 32;

  /** Bit of a page-table entry: accessed. */
  public static final long A = 64;

  /** Bit of a page-table entry: dirty. */
  public static final long D = 128;

  /** An entry for loads and stores that needs no further bit. */
  public static final long RW = V | R | W | A | D;

  /** Permissions in a PMP entry: all. */
  public static final int PMP_ALL = 7;

  /** Frames in the order of the pages they back. */
  public static final RamFrames IN_ORDER = page -> FIRST_FRAME + page * PAGE;

  /** Frames of which no two neighbours lie together. */
  public static final RamFrames SCATTERED = page -> FIRST_FRAME + (page ^ 0x155) * PAGE;

  private static final int PMP_NAPOT = 0x18;
  private static final byte FOREIGN = 0x47;
  private static final int A0 = 10;
  private static final long SATP_SV39 = 8L << 60;
  private static final long SATP_SV48 = 9L << 60;
  private static final long MPRV = 1 << 17;
  private static final long MPP_SUPERVISOR = 1 << 11;
  private static final long MSTATUS_SUM = 1 << 18;
  private static final long MSTATUS_MXR = 1 << 19;
  private static final long MENVCFG_ADUE = 1L << 61;

  private final Counters counters = new Counters();
  private final MemorySegment machine = Arena.ofAuto().allocate(2 * RAM_BYTES, RAM_BYTES);
  private final GuestMemory memory;
  private final BoundedFrames frames;
  private final Hart hart;
  private final Stepper stepper;
  private final InstructionSet isa;
  private final Paging paging;
  private final Translation translation = new Translation();
  private final PageTableFormat sv39;
  private final PageTableFormat sv48;
  private final int kernel;

  /**
   * Makes a guest with empty RAM.
   *
   * @param isa RISC-V with Sv39, Sv48, PMP and Svadu
   * @param ramFrames which frame backs which page
   * @param tableFrames how many frames the strategy gets for tables of its own
   * @param options what the strategy is told
   */
  public PagedGuest(
      InstructionSet isa,
      MemoryStrategy strategy,
      RamFrames ramFrames,
      int tableFrames,
      Map<String, String> options) {
    this.isa = isa;
    machine.fill(FOREIGN);
    ownFrames().fill((byte) 0);
    memory = new GuestMemory(machine, RAM, RAM_BYTES, ramFrames);
    frames = new BoundedFrames(tableFrames);
    HartBlock block = new HartBlock(Arena.ofAuto().allocate(HartBlock.BYTES, 64));
    Bus noBus = new EmptyBus();
    hart =
        isa.createHart(
            new HartEnvironment(
                0, block, memory, noBus, new FakeClock(), new FakeControl(), counters));
    stepper = new Stepper(isa, hart, memory);
    sv39 = formatOf(SATP_SV39);
    sv48 = formatOf(SATP_SV48);
    kernel = mode("a");
    csr("pmpaddr1", -1);
    protect(RAM, PMP_ALL);
    paging = strategy.create(new PagingEnvironment(memory, frames, counters, options));
    hart.mmu().setPaging(paging);
  }

  private PageTableFormat formatOf(long satp) {
    csr("mstatus", MPRV | MPP_SUPERVISOR);
    csr("satp", satp);
    return Objects.requireNonNull(hart.mmu().dataContext().format());
  }

  /**
   * The mode bits of a context, as the instruction set numbers them.
   *
   * @param flags letters of {@code u} (user mode), {@code s} (SUM), {@code m} (MXR) and {@code a}
   *     (accessed and dirty bits are set by hardware)
   */
  public int mode(String flags) {
    csr("satp", SATP_SV39);
    csr("menvcfg", flags.contains("a") ? MENVCFG_ADUE : 0);
    csr(
        "mstatus",
        MPRV
            | (flags.contains("u") ? 0 : MPP_SUPERVISOR)
            | (flags.contains("s") ? MSTATUS_SUM : 0)
            | (flags.contains("m") ? MSTATUS_MXR : 0));
    int mode = hart.mmu().dataContext().mode();
    csr("mstatus", 0);
    csr("menvcfg", 0);
    csr("satp", 0);
    return mode;
  }

  /** Writes a control and status register, by its instruction. */
  public void csr(String name, long value) {
    byte[] bytes = Assembler.of(isa).text("csrw " + name + ", a0").bytes();
    int bits = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      bits = bits << 8 | bytes[i] & 0xff;
    }
    Decoded decoded = Objects.requireNonNull(isa.table().decode(bits, bytes.length));
    HartBlock block = hart.block();
    block.setRegister(A0, value);
    stepper.step(decoded);
  }

  /** Lets S and U do with one page only what the permissions say, and all with all others. */
  public void protect(long gpa, int permissions) {
    csr("pmpaddr0", gpa >>> 2 | 0x1ff);
    csr("pmpcfg0", (PMP_NAPOT | PMP_ALL) << 8 | PMP_NAPOT | permissions);
  }

  /** What is counted, by the hart and by the strategy. */
  public Counters counters() {
    return counters;
  }

  /** Guest-physical memory. */
  public GuestMemory memory() {
    return memory;
  }

  /** The frames for the strategy's own tables. */
  public BoundedFrames frames() {
    return frames;
  }

  /** The strategy at work. */
  public Paging paging() {
    return paging;
  }

  /** The hart. */
  public Hart hart() {
    return hart;
  }

  /** The hart's loads and stores. */
  public Mmu mmu() {
    return hart.mmu();
  }

  /** Machine memory, foreign frames too. */
  public MemorySegment machine() {
    return machine;
  }

  /** Page tables of three levels. */
  public PageTableFormat sv39() {
    return sv39;
  }

  /** Page tables of four levels. */
  public PageTableFormat sv48() {
    return sv48;
  }

  /** Guest-physical address of a page by its number in RAM. */
  public static long page(int number) {
    return RAM + number * PAGE;
  }

  /** A page-table entry. */
  public static long entry(long address, long flags) {
    return address >>> 12 << 10 | flags;
  }

  /** Which entry of a level's table translates an address. */
  public static int vpn(long va, int level) {
    return (int) (va >>> 12 + 9 * level) & 511;
  }

  /** A context of the hart's first slot. */
  public TranslationContext context(@Nullable PageTableFormat format, long root, int mode) {
    return new TranslationContext(hart, 0, format, root, 0, mode);
  }

  /** Makes a context that of the hart's loads and stores, with an empty TLB. */
  public void use(TranslationContext context) {
    hart.mmu().forget(context.index());
    hart.mmu().switchTo(context, context);
  }

  /** Writes an entry of a table, as the guest would. */
  public void set(long table, int index, long entry) {
    memory.store(table + 8L * index, 8, entry);
  }

  /** An entry of a table, as the guest reads it. */
  public long get(long table, int index) {
    return memory.load(table + 8L * index, 8);
  }

  /** An entry of a table, as its frame holds it. */
  public long inFrame(long table, int index) {
    return memory.loadUnguarded(table + 8L * index, 8);
  }

  /** An entry with the machine address behind a page. */
  public long entryInFrame(long gpa, long flags) {
    return entry(memory.machineAddress(gpa), flags);
  }

  /** Maps a page by an Sv39 root and tables at the two pages after it. */
  public void map(long root, long va, long leaf) {
    set(root, vpn(va, 2), entry(root + PAGE, V));
    set(root + PAGE, vpn(va, 1), entry(root + 2 * PAGE, V));
    set(root + 2 * PAGE, vpn(va, 0), leaf);
  }

  /** What an access finds: a translation or a trap, as text that can be compared. */
  public String access(TranslationContext context, long va, Access access) {
    try {
      Trap fault = paging.translate(context, va, access, translation);
      if (fault != null) {
        return fault.toString();
      }
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

  /** As {@link #access}, in S-mode under Sv39, accessed and dirty bits set by hardware. */
  public String access(long root, long va, Access access) {
    return access(context(sv39, root, kernel), va, access);
  }

  /** The guest-physical address of a load in S-mode under Sv39, or -1 for a fault. */
  public long load(long root, long va) {
    try {
      Trap fault = paging.translate(context(sv39, root, kernel), va, Access.LOAD, translation);
      return fault == null ? translation.gpa() : -1;
    } catch (Trap trap) {
      return -1;
    }
  }

  /** Whether stores to a page come by the strategy. */
  public boolean guarded(long gpa) {
    return !memory.mayStoreDirectly(gpa);
  }

  /** The frames that are this guest's. */
  public MemorySegment ownFrames() {
    return machine.asSlice(FIRST_FRAME, RAM_BYTES);
  }

  /** Holds that no frame but the guest's own was written. */
  public void assertForeignFramesUntouched() {
    MemorySegment expected = Arena.ofAuto().allocate(machine.byteSize());
    expected.fill(FOREIGN);
    expected.asSlice(FIRST_FRAME, RAM_BYTES).copyFrom(ownFrames());
    long written = machine.mismatch(expected);
    if (written >= 0) {
      throw new AssertionError("foreign frame written at ma 0x" + Long.toHexString(written));
    }
  }
}
