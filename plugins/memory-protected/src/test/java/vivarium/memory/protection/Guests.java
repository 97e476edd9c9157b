package vivarium.memory.protection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import vivarium.api.memory.Access;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.RamFrames;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** Guests as these tests want them. */
final class Guests {
  /** S-mode, accessed and dirty bits set by hardware. */
  static final int KERNEL = SvFormat.SUPERVISOR | SvFormat.ADUE;

  private Guests() {}

  static PagedGuest of(MemoryStrategy strategy, RamFrames ramFrames, String... option) {
    Map<String, String> options = option.length == 0 ? Map.of() : Map.of(option[0], option[1]);
    return new PagedGuest(new RiscvInstructionSet(), strategy, ramFrames, 0, options);
  }

  /** A guest under protected tables, RAM in order. */
  static PagedGuest direct() {
    return of(new ProtectedStrategy(), PagedGuest.IN_ORDER);
  }

  /** What a walk of the frames finds that knows machine addresses and nothing else. */
  static String hardwareWalk(PagedGuest guest, TranslationContext context, long va, Access access) {
    Walk walk = new Walk();
    PageTableFormat format = Objects.requireNonNull(context.format());
    long root = guest.memory().machineAddress(context.root());
    format.walk(context, new Frames(guest.machine()), root, va, access, walk);
    return switch (walk.outcome()) {
      case MAPPED ->
          "gpa=%x permissions=%d global=%b span=%x"
              .formatted(
                  guest.memory().guestAddress(walk.address()),
                  walk.permissions(),
                  walk.global(),
                  PagedGuest.PAGE << format.indexBits() * walk.level());
      case PAGE_FAULT -> context.hart().pageFault(access, va).toString();
      case ACCESS_FAULT -> context.hart().accessFault(access, va).toString();
    };
  }

  /** Machine memory as a hardware walker sees it; a foreign frame is an error. */
  private record Frames(MemorySegment machine) implements TableMemory {
    @Override
    public long read(long ma) {
      if (ma < PagedGuest.FIRST_FRAME || ma >= PagedGuest.FIRST_FRAME + PagedGuest.RAM_BYTES) {
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
}
