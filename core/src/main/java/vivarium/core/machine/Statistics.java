package vivarium.core.machine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionSet;

/**
 * What happened how often, to a machine or to one of its virtual processors, under names for
 * people. Only what happened is listed, but in {@link #memory}, where zero tells something.
 *
 * @param steps instructions and traps
 * @param exits reasons for which the guest gave control to the monitor, or took a trap
 * @param memory TLB misses, walks and their references, page-table pages
 * @param code decoding, translation and invalidation
 * @param other what plugins count under names of their own
 */
public record Statistics(
    long steps,
    Map<String, Long> exits,
    Map<String, Long> memory,
    Map<String, Long> code,
    Map<String, Long> other) {
  /** The name of the walks in {@link #memory}. */
  public static final String WALKS = "walks";

  /** The name of all their references in {@link #memory}. */
  public static final String REFERENCES = "walk references";

  /** The kinds of these references: to tables that the guest wrote, P2M's, the monitor's own. */
  public static final List<String> REFERENCE_KINDS =
      List.of("  to guest tables", "  to P2M", "  to monitor tables");

  /** The name of the most page-table pages there were at a time, in {@link #memory}. */
  public static final String MOST_TABLE_PAGES = "page-table pages, most";

  /** Copies the maps, in their order. */
  public Statistics {
    exits = Collections.unmodifiableMap(new LinkedHashMap<>(exits));
    memory = Collections.unmodifiableMap(new LinkedHashMap<>(memory));
    code = Collections.unmodifiableMap(new LinkedHashMap<>(code));
    other = Collections.unmodifiableMap(new LinkedHashMap<>(other));
  }

  /** Reads counters. */
  static Statistics of(InstructionSet isa, long steps, Counters counters) {
    Map<String, Long> code = new LinkedHashMap<>();
    put(code, "instructions decoded or translated", counters.instructionsTranslated);
    put(code, "invalidations", counters.codeInvalidations);
    put(code, "instructions executed alone", executedAlone(isa, counters));
    return new Statistics(
        steps, exits(isa, counters), memory(counters), code, withoutZeros(counters.named()));
  }

  private static Map<String, Long> exits(InstructionSet isa, Counters counters) {
    Map<String, Long> exits = new LinkedHashMap<>();
    long[] counts = counters.instructions();
    List<Instruction> instructions = isa.table().instructions();
    for (int i = 0; i < counts.length; i++) {
      if (instructions.get(i).takesHart()) {
        put(exits, "instruction " + instructions.get(i).name(), counts[i]);
      }
    }
    put(exits, "table write", counters.tableWrites);
    put(exits, "table read", counters.tableReads);
    put(exits, "shadow miss", counters.shadowMisses);
    put(exits, "P2M miss", counters.p2mMisses);
    for (int cause = 0; cause < Counters.CAUSES; cause++) {
      put(exits, "trap " + isa.exceptionName(cause), counters.traps(cause));
    }
    for (int number = 0; number < Counters.CAUSES; number++) {
      put(exits, "interrupt " + isa.interruptName(number), counters.interrupts(number));
    }
    put(exits, "budget spent", counters.budgetExits);
    put(exits, "wait", counters.waits);
    put(exits, "stop", counters.stops);
    return exits;
  }

  private static Map<String, Long> memory(Counters counters) {
    Map<String, Long> memory = new LinkedHashMap<>();
    memory.put("TLB misses", counters.tlbMisses);
    memory.put(WALKS, counters.walks);
    memory.put(REFERENCES, counters.walkReferences());
    memory.put(REFERENCE_KINDS.get(0), counters.guestTableReferences);
    memory.put(REFERENCE_KINDS.get(1), counters.p2mReferences);
    memory.put(REFERENCE_KINDS.get(2), counters.monitorTableReferences);
    memory.put("fill references", counters.fillReferences);
    memory.put("page-table pages", counters.tablePages);
    memory.put(MOST_TABLE_PAGES, counters.mostTablePages);
    return memory;
  }

  /** Instructions that need no privilege but reached a device, code or the end of a budget. */
  private static long executedAlone(InstructionSet isa, Counters counters) {
    long[] counts = counters.instructions();
    List<Instruction> instructions = isa.table().instructions();
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += instructions.get(i).takesHart() ? 0 : counts[i];
    }
    return sum;
  }

  private static void put(Map<String, Long> map, String name, long count) {
    if (count != 0) {
      map.put(name, count);
    }
  }

  private static Map<String, Long> withoutZeros(Map<String, Long> counts) {
    Map<String, Long> left = new LinkedHashMap<>();
    counts.forEach((name, count) -> put(left, name, count));
    return left;
  }

  /** Both together; what the other has and this has not comes last. */
  Statistics plus(Statistics more) {
    return new Statistics(
        steps + more.steps,
        sum(exits, more.exits),
        sum(memory, more.memory),
        sum(code, more.code),
        sum(other, more.other));
  }

  private static Map<String, Long> sum(Map<String, Long> some, Map<String, Long> more) {
    Map<String, Long> sum = new LinkedHashMap<>(some);
    more.forEach((name, count) -> sum.merge(name, count, Long::sum));
    return sum;
  }

  /** This, and accesses to devices by their names among the exits. */
  Statistics withDevices(Map<String, Long> accesses) {
    Map<String, Long> all = new LinkedHashMap<>(exits);
    accesses.forEach((device, count) -> put(all, "device " + device, count));
    return new Statistics(steps, all, memory, code, other);
  }

  /** All exits together. */
  public long allExits() {
    return exits.values().stream().mapToLong(Long::longValue).sum();
  }
}
