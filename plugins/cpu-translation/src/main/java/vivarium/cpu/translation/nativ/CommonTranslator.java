package vivarium.cpu.translation.nativ;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;

/**
 * Finds code for one hart among what machines have in common. A page of the guest is bound to its
 * equal there when code of it is first looked for, and watched as a whole: at the first store to
 * it, wherever that goes, it is bound no more, and no jump of this hart leads to its traces.
 */
final class CommonTranslator extends Translator {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** A machine that writes to so many pages of code in one run has little in common with others. */
  private static final int MANY_REBOUND = 32;

  /** Says that of a page an instruction has a part only. */
  private static final long PART = -1;

  /**
   * What a guest's page is bound to.
   *
   * @param va of the page, or of one that an instruction begins in that ends in this page
   * @param address of its equal, or {@link #PART}
   * @param next what it is bound to besides
   */
  private record Binding(long va, long address, @Nullable Binding next) {}

  private final GuestMemory memory;
  private final InstructionSet instructionSet;
  private final CommonCode common;
  private final Map<Long, Binding> bindings = new HashMap<>();
  private int era;

  /** Where the instruction across the end of a page that was last looked for is. */
  private long crossing;

  /** Pages unbound by stores since the run began. */
  private int rewritten;

  CommonTranslator(CpuEnvironment environment, CommonCode common, Contexts contexts) {
    super(environment, common.maker(), contexts);
    memory = environment.memory();
    instructionSet = environment.instructionSet();
    this.common = common;
    era = common.era();
  }

  /** A run begins; others have run since the last. */
  void begin() {
    rewritten = 0;
    catchUp();
    followEra();
  }

  /** Whether the guest rewrites its code, so that nothing is gained here. */
  boolean rewritesItself() {
    return rewritten >= MANY_REBOUND;
  }

  /** If all pages have been forgotten since it was last asked, this machine's are bound no more. */
  private void followEra() {
    if (era != common.era()) {
      era = common.era();
      unbindAll();
      catchUp();
    }
  }

  private void unbindAll() {
    Long[] pages = bindings.keySet().toArray(Long[]::new);
    bindings.clear();
    for (long page : pages) {
      memory.unwatchCode(page);
    }
  }

  @Override
  long placeOf(long pc, long gpa) throws Trap {
    int room = PAGE_BYTES - ((int) pc & PAGE_BYTES - 1);
    int length = room < Long.BYTES ? instructionSet.length((int) memory.load(gpa, parcel)) : 0;
    return length > room
        ? placeOfCrossing(pc, gpa, room, length)
        : wholePage(pc & -PAGE_BYTES, gpa & -PAGE_BYTES) + (pc & PAGE_BYTES - 1);
  }

  private long wholePage(long va, long page) {
    Binding known = bound(page, va, false);
    if (known != null) {
      return known.address;
    }
    byte[] bytes = new byte[PAGE_BYTES];
    copy(page, bytes, 0, PAGE_BYTES);
    long address = common.addressOf(va, bytes);
    followEra();
    bind(page, va, address);
    return address;
  }

  /** An instruction across the end of a page: of either page it is a part, and no more. */
  private long placeOfCrossing(long pc, long gpa, int room, int length) throws Trap {
    long secondPage = guestSecondPage(pc + room);
    byte[] bytes = new byte[length];
    copy(gpa, bytes, 0, room);
    copy(secondPage, bytes, room, length);
    crossing = common.addressOf(pc, bytes);
    followEra();
    bindPart(gpa & -PAGE_BYTES, pc & -PAGE_BYTES);
    bindPart(secondPage, pc & -PAGE_BYTES);
    return crossing;
  }

  /** Where the second page of what was last looked for is. */
  @Override
  public long secondPage(long va) {
    return (crossing | PAGE_BYTES - 1) + 1;
  }

  private void bindPart(long page, long va) {
    if (bound(page, va, true) == null) {
      bind(page, va, PART);
    }
  }

  /** Copies what harts fetch, which may be memory of a device, too. */
  private void copy(long gpa, byte[] to, int from, int end) {
    for (int at = from; at < end; at += parcel) {
      long bits = memory.load(gpa + at - from, parcel);
      for (int i = 0; i < parcel; i++) {
        to[at + i] = (byte) (bits >>> 8 * i);
      }
    }
  }

  private @Nullable Binding bound(long page, long va, boolean part) {
    Binding one = bindings.get(page);
    while (one != null && (one.va != va || (one.address == PART) != part)) {
      one = one.next;
    }
    return one;
  }

  private void bind(long page, long va, long address) {
    bindings.put(page, new Binding(va, address, bindings.get(page)));
    memory.watchCode(page);
  }

  @Override
  public long load(long address, int bytes) {
    return common.load(address, bytes);
  }

  @Override
  boolean holds(long gpa, int length) {
    return bindings.containsKey(gpa & -PAGE_BYTES);
  }

  @Override
  void drop(long gpa, int length) {
    Binding first = bindings.remove(gpa & -PAGE_BYTES);
    if (first == null) {
      return;
    }
    counters.codeInvalidations++;
    rewritten++;
    memory.unwatchCode(gpa);
    for (Binding one = first; one != null; one = one.next) {
      contexts.dropJumpsTo(one.va);
    }
  }

  /** What is hot here is not for long: a machine that runs much does not rest. */
  @Override
  void noteHot(Trace trace) {}

  @Override
  public void close() {
    unbindAll();
    contexts.forgetJumps();
  }
}
