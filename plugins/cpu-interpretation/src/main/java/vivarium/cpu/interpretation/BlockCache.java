package vivarium.cpu.interpretation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.Instruction.Result;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.TranslationContext;

/**
 * Decoded blocks by guest-physical address, dropped when their bytes are written. It watches
 * exactly the pages from which it holds blocks.
 */
final class BlockCache {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Pages of code kept; a guest that jumps across more starts over, which only it pays for. */
  private static final int MAX_PAGES = 1 << 14;

  /** The blocks that have bytes in one page. */
  private static final class Page {
    final List<Block> blocks = new ArrayList<>();
    final Map<Long, Block> byKey = new HashMap<>();
  }

  private final InstructionSet instructionSet;
  private final Hart hart;
  private final GuestMemory memory;
  private final Stepper stepper;
  private final Map<Long, Page> pages = new HashMap<>();
  private final @Nullable FetchTlb[] fetchTlbs = new FetchTlb[TranslationContext.MAX_CONTEXTS];
  private final int parcel;

  BlockCache(InstructionSet instructionSet, Hart hart, GuestMemory memory, Stepper stepper) {
    this.instructionSet = instructionSet;
    this.hart = hart;
    this.memory = memory;
    this.stepper = stepper;
    this.parcel = instructionSet.instructionAlignment();
  }

  /**
   * The block that begins at a virtual address under the current fetch context.
   *
   * @return {@code null} if physical memory protection splits the page, so that each fetch from it
   *     must be asked for
   * @throws Trap if not even its first instruction can be fetched and decoded
   */
  @Nullable Block find(long pc) throws Trap {
    long gpa = resolve(pc);
    if (gpa < 0) {
      return null;
    }
    int ready = hart.ready();
    Page page = pages.get(gpa & -PAGE_BYTES);
    Block found = page == null ? null : page.byKey.get(key(gpa, ready));
    if (found != null && found.secondPage() >= 0) {
      long second = (pc | PAGE_BYTES - 1) + 1;
      if (resolve(second) != found.secondPage()) {
        forget(found);
        found = null;
      }
    }
    return found != null ? found : decode(pc, gpa, ready);
  }

  /** Guest-physical address of code, or -1 if physical memory protection splits its page. */
  private long resolve(long va) throws Trap {
    Mmu mmu = hart.mmu();
    TranslationContext context = mmu.fetchContext();
    FetchTlb tlb = fetchTlbs[context.index()];
    if (tlb == null) {
      tlb = new FetchTlb();
      fetchTlbs[context.index()] = tlb;
    }
    long gpa = tlb.lookUp(va);
    if (gpa < 0) {
      gpa = mmu.resolveFetch(va, parcel);
      if (!mmu.fetchMayBeKept()) {
        return -1;
      }
      tlb.fill(va, gpa);
    }
    return gpa;
  }

  /** Forgets translations of a context: all, or of one virtual page. */
  void dropContext(int contextIndex, boolean allAddresses, long va) {
    FetchTlb tlb = fetchTlbs[contextIndex];
    if (tlb != null && allAddresses) {
      tlb.clear();
    } else if (tlb != null) {
      tlb.drop(va);
    }
  }

  private static long key(long gpa, int ready) {
    return (gpa & PAGE_BYTES - 1) << 32 | ready;
  }

  private @Nullable Block decode(long pc, long gpa, int ready) throws Trap {
    int before = hart.counters().begin(Activity.CODE);
    try {
      return tryDecode(pc, gpa, ready);
    } finally {
      hart.counters().end(before);
    }
  }

  private @Nullable Block tryDecode(long pc, long gpa, int ready) throws Trap {
    Decoded first = stepper.fetch(pc);
    Block block;
    if ((gpa & PAGE_BYTES - 1) + first.length() > PAGE_BYTES) {
      long second = resolve((pc | PAGE_BYTES - 1) + 1);
      if (second < 0) {
        return null;
      }
      block = build(gpa, ready, second, List.of(first));
    } else {
      block = build(gpa, ready, -1, straightLine(first, gpa, ready));
    }
    hart.counters().instructionsTranslated += block.decoded().length;
    remember(block);
    return block;
  }

  /**
   * Decodes on until a jump, an instruction that leaves, what is no instruction, or the page's end.
   */
  private List<Decoded> straightLine(Decoded first, long gpa, int ready) {
    List<Decoded> decoded = new ArrayList<>();
    long end = (gpa | PAGE_BYTES - 1) + 1;
    long at = gpa;
    for (Decoded one = first;
        one != null && decoded.size() < InterpreterGenerator.MAX_BLOCK - 1;
        one = at < end ? decodeAt(at, end) : null) {
      decoded.add(one);
      at += one.length();
      if (endsBlock(one, ready)) {
        break;
      }
    }
    return decoded;
  }

  private @Nullable Decoded decodeAt(long gpa, long end) {
    int bits = 0;
    int length = parcel;
    for (int have = 0; have < length; have += parcel) {
      if (gpa + have >= end) {
        return null;
      }
      bits |= (int) memory.load(gpa + have, parcel) << 8 * have;
      length = instructionSet.length(bits);
    }
    return instructionSet.table().decode(bits, length);
  }

  private boolean endsBlock(Decoded decoded, int ready) {
    return decoded.instruction().result() == Result.JUMP || leaves(decoded, ready);
  }

  private boolean leaves(Decoded decoded, int ready) {
    return !Operations.direct(decoded.instruction())
        || (instructionSet.requiredUnits(decoded) & ~ready) != 0;
  }

  private Block build(long gpa, int ready, long secondPage, List<Decoded> decoded) {
    int count = decoded.size();
    short[] kinds = new short[count + 1];
    long[] operations = new long[2 * (count + 1)];
    int offset = 0;
    for (int i = 0; i < count; i++) {
      Decoded one = decoded.get(i);
      operations[i] = leaves(one, ready) ? Operations.LEAVE : Operations.pack(one, offset);
      kinds[i] = Operations.kind(operations[i]);
      operations[count + 1 + i] = offset;
      offset += one.length();
    }
    kinds[count] = Operations.END;
    operations[count] = Operations.END;
    operations[2 * count + 1] = offset;
    return new Block(
        gpa, ready, secondPage, offset, kinds, operations, decoded.toArray(new Decoded[0]));
  }

  private void remember(Block block) {
    if (pages.size() >= MAX_PAGES) {
      clear();
    }
    pageOf(block.gpa()).byKey.put(key(block.gpa(), block.ready()), block);
    pageOf(block.gpa()).blocks.add(block);
    if (block.secondPage() >= 0) {
      pageOf(block.secondPage()).blocks.add(block);
    }
  }

  private Page pageOf(long gpa) {
    return pages.computeIfAbsent(
        gpa & -PAGE_BYTES,
        pageGpa -> {
          memory.watchCode(pageGpa);
          return new Page();
        });
  }

  private void forget(Block block) {
    Page first = pages.get(block.gpa() & -PAGE_BYTES);
    if (first != null) {
      first.byKey.remove(key(block.gpa(), block.ready()));
      first.blocks.remove(block);
    }
    Page second = block.secondPage() < 0 ? null : pages.get(block.secondPage() & -PAGE_BYTES);
    if (second != null) {
      second.blocks.remove(block);
    }
  }

  /** Whether a range has bytes of any block. */
  boolean holds(long gpa, int length) {
    Page page = pages.get(gpa & -PAGE_BYTES);
    return page != null && page.blocks.stream().anyMatch(block -> block.touches(gpa, length));
  }

  /**
   * Drops the blocks that have bytes in the range.
   *
   * @return whether there were any
   */
  boolean drop(long gpa, int length) {
    Page page = pages.get(gpa & -PAGE_BYTES);
    if (page == null) {
      return false;
    }
    List<Block> touched = page.blocks.stream().filter(block -> block.touches(gpa, length)).toList();
    touched.forEach(this::forget);
    if (page.blocks.isEmpty()) {
      pages.remove(gpa & -PAGE_BYTES);
      memory.unwatchCode(gpa);
    }
    return !touched.isEmpty();
  }

  /** Drops everything. */
  void clear() {
    List<Long> watched = List.copyOf(pages.keySet());
    pages.clear();
    watched.forEach(memory::unwatchCode);
  }
}
