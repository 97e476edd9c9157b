package vivarium.api.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import vivarium.api.isa.InstructionTable;

/**
 * What happened how often to one virtual processor, or, what a memory strategy counts for all of
 * them, to one machine. Plain fields and arrays for what is frequent: written by the machine's own
 * thread without synchronization, read by others at any time and then approximately right.
 */
public final class Counters {
  /** Causes that are told apart; those from here on are counted with the last. */
  public static final int CAUSES = 64;

  private static final VarHandle ACTIVITY = activityHandle();
  private static final Activity[] ACTIVITIES = Activity.values();

  /** TLB misses of loads, stores and fetches. */
  public long tlbMisses;

  /** Page-table walks that a hardware walker would make: one for each TLB miss. */
  public long walks;

  /** References of those walks to tables that the guest wrote. */
  public long guestTableReferences;

  /** References of those walks to P2M's tables. */
  public long p2mReferences;

  /** References of those walks to tables of the monitor's own that map V2M. */
  public long monitorTableReferences;

  /** References to the guest's tables by the monitor, to fill its own after a shadow miss. */
  public long fillReferences;

  /** Traps the guest took: exceptions. See {@link #trapTaken}. */
  public long traps;

  /** Interrupts the guest took. See {@link #interruptTaken}. */
  public long interrupts;

  /** Times a run ended because its budget was spent. */
  public long budgetExits;

  /** Times a run ended because the monitor wanted the thread. */
  public long stops;

  /** Times the guest waited for an interrupt. */
  public long waits;

  /** Instructions decoded or translated. */
  public long instructionsTranslated;

  /** Blocks or pages of code dropped because they were written. */
  public long codeInvalidations;

  /** Writes to guest page tables that the memory strategy caught. */
  public long tableWrites;

  /** Reads of guest page tables that the memory strategy caught. */
  public long tableReads;

  /** Misses in the monitor's own page tables, resolved by the memory strategy. */
  public long shadowMisses;

  /** Pages that P2M's own tables did not have yet, entered by the memory strategy. */
  public long p2mMisses;

  /** Pages in use now as page tables that the memory strategy keeps or guards. */
  public long tablePages;

  /** Most such pages at a time. */
  public long mostTablePages;

  private final long[] trapsByCause = new long[CAUSES];
  private final long[] interruptsByNumber = new long[CAUSES];
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();
  private volatile long[] instructions = new long[0];
  private int activity;

  /** Makes counters at zero. */
  public Counters() {}

  private static VarHandle activityHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(Counters.class, "activity", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * The counts of instructions that an engine did not execute itself but called (privileged ones,
   * and those executed alone), by {@link vivarium.api.isa.Instruction#number()}. Engines keep the
   * array and increment it at each call.
   *
   * @param table whose instructions; the same for all engines that run the processor in turn
   */
  public synchronized long[] instructions(InstructionTable table) {
    if (instructions.length != table.instructions().size()) {
      instructions = new long[table.instructions().size()];
    }
    return instructions;
  }

  /** The same array, for reading; empty if no engine has asked for it. */
  public long[] instructions() {
    return instructions;
  }

  /** Counts an exception by the instruction set's number of its cause; the hart, as it enters. */
  public void trapTaken(long cause) {
    traps++;
    trapsByCause[(int) Math.min(cause & Long.MAX_VALUE, CAUSES - 1)]++;
  }

  /** Counts an interrupt by the instruction set's number; the hart, as it takes it. */
  public void interruptTaken(int number) {
    interrupts++;
    interruptsByNumber[Math.min(number, CAUSES - 1)]++;
  }

  /** Exceptions of one cause that were taken. */
  public long traps(int cause) {
    return trapsByCause[cause];
  }

  /** Interrupts of one number that were taken. */
  public long interrupts(int number) {
    return interruptsByNumber[number];
  }

  /** Memory references of all {@link #walks}, of every kind. */
  public long walkReferences() {
    return guestTableReferences + p2mReferences + monitorTableReferences;
  }

  /** Notes that a page table was made (1) or given up (-1); the memory strategy. */
  public void tablePagesChange(int by) {
    tablePages += by;
    mostTablePages = Math.max(mostTablePages, tablePages);
  }

  /**
   * Notes what the processor's thread does from now on, so that a sampling thread can tell where
   * time goes; costs a store. Only the processor's own thread.
   *
   * @return what it did before, for {@link #end}
   */
  public int begin(Activity begun) {
    int before = activity;
    ACTIVITY.setOpaque(this, begun.ordinal());
    return before;
  }

  /** Goes back to what was done before. */
  public void end(int before) {
    ACTIVITY.setOpaque(this, before);
  }

  /** What the processor's thread does at the moment; from any thread. */
  public Activity activity() {
    return ACTIVITIES[(int) ACTIVITY.getOpaque(this)];
  }

  /**
   * A counter for what has a name of a plugin's own. Keep the adder; it is too slow for what
   * happens a million times a second.
   */
  public LongAdder named(String name) {
    return named.computeIfAbsent(name, absent -> new LongAdder());
  }

  /** The named counters, in the order of their names. */
  public Map<String, Long> named() {
    Map<String, Long> all = new TreeMap<>();
    named.forEach((name, adder) -> all.put(name, adder.sum()));
    return all;
  }
}
