package vivarium.api.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened how often to one virtual processor. Plain fields for what is frequent: written by
 * the hart's own thread without synchronization, read by others at any time and then approximately
 * right.
 */
public final class Counters {
  /** TLB misses of loads, stores and fetches. */
  public long tlbMisses;

  /** Page-table walks. */
  public long walks;

  /** Memory references of those walks, of every stage. */
  public long walkReferences;

  /** Traps the guest took: exceptions. */
  public long traps;

  /** Interrupts the guest took. */
  public long interrupts;

  /** Times a run ended because its budget was spent. */
  public long budgetExits;

  /** Times the guest waited for an interrupt. */
  public long waits;

  /** Instructions decoded or translated. */
  public long instructionsTranslated;

  /** Blocks or pages of code dropped because they were written. */
  public long codeInvalidations;

  /** Writes to guest page tables that the memory strategy caught. */
  public long tableWrites;

  /** Misses in the monitor's own page tables, resolved by the memory strategy. */
  public long shadowMisses;

  /** Accesses to devices. */
  public long deviceAccesses;

  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();

  /** Makes counters at zero. */
  public Counters() {}

  /**
   * A counter for what has a name, such as a privileged instruction or a device. Keep the adder.
   */
  public LongAdder named(String name) {
    return named.computeIfAbsent(name, absent -> new LongAdder());
  }

  /** All counters by name, the named ones last, for printing. */
  public Map<String, Long> snapshot() {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("tlb-misses", tlbMisses);
    all.put("walks", walks);
    all.put("walk-references", walkReferences);
    all.put("traps", traps);
    all.put("interrupts", interrupts);
    all.put("budget-exits", budgetExits);
    all.put("waits", waits);
    all.put("instructions-translated", instructionsTranslated);
    all.put("code-invalidations", codeInvalidations);
    all.put("table-writes", tableWrites);
    all.put("shadow-misses", shadowMisses);
    all.put("device-accesses", deviceAccesses);
    new TreeMap<>(named).forEach((name, adder) -> all.put(name, adder.sum()));
    return all;
  }
}
