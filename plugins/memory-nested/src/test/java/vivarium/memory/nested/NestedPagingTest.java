package vivarium.memory.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Trap;
import vivarium.api.memory.PagingEnvironment;
import vivarium.api.memory.TableFrames;
import vivarium.isa.riscv.RiscvHart;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestMachine;

/** Nested paging under Sv39; the walk itself is tested with the instruction set. */
class NestedPagingTest {
  private static final int SATP = 0x180;
  private static final int MSTATUS = 0x300;
  private static final int PMPCFG0 = 0x3a0;
  private static final int PMPADDR0 = 0x3b0;
  private static final int NAPOT = 3 << 3;
  private static final int RWX = 7;
  private static final long SV39 = 8L << 60;
  private static final long MPRV_AS_SUPERVISOR = 1L << 17 | 1L << 11;
  private static final int LOAD_ACCESS_FAULT = 5;
  private static final int STORE_ACCESS_FAULT = 7;
  private static final int LOAD_PAGE_FAULT = 13;
  private static final long ROOT = TestMachine.RAM_BASE + 0x10000;
  private static final long LINEAR_ENTRY = ROOT + 8 * 2;
  private static final long VRWX = 0xf;
  private static final long ACCESSED_AND_DIRTY = 0xc0;
  private static final long LINEAR_MAP = TestMachine.RAM_BASE >>> 2 | VRWX;

  private final TestMachine machine = new TestMachine(new RiscvInstructionSet(), 1, 4 << 20);
  private final RiscvHart hart = (RiscvHart) machine.hart();

  /** Nested paging keeps no tables of its own. */
  private static final TableFrames NO_FRAMES =
      new TableFrames() {
        @Override
        public long allocate() {
          return NONE;
        }

        @Override
        public void free(long ma) {}

        @Override
        public void write(long ma, long entry) {}

        @Override
        public long read(long address) {
          return MISSING;
        }

        @Override
        public boolean compareAndSet(long address, long expected, long value) {
          return false;
        }
      };

  @BeforeEach
  void makeAnAddressSpaceWithAGigapage() {
    hart.mmu()
        .setPaging(
            new NestedStrategy()
                .create(
                    new PagingEnvironment(machine.memory(), NO_FRAMES, new Counters(), Map.of())));
    machine.memory().store(LINEAR_ENTRY, 8, LINEAR_MAP | ACCESSED_AND_DIRTY);
    hart.writeCsr(PMPADDR0 + 1, -1L >>> 10);
    hart.writeCsr(PMPCFG0, (NAPOT | RWX) << 8);
    hart.writeCsr(SATP, SV39 | ROOT >>> 12);
    hart.writeCsr(MSTATUS, MPRV_AS_SUPERVISOR);
  }

  private void protectTheTable(int permissions) {
    hart.writeCsr(PMPADDR0, ROOT >>> 2 | 0x1ff);
    hart.writeCsr(PMPCFG0, (NAPOT | RWX) << 8 | NAPOT | permissions);
  }

  @Test
  void aMappedPageIsReached() {
    machine.memory().store(TestMachine.RAM_BASE, 8, 42);
    assertThat(hart.mmu().load64(TestMachine.RAM_BASE)).isEqualTo(42);
  }

  @Test
  void anEntryThatProtectionHidesIsAnAccessFault() {
    protectTheTable(0);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().load64(TestMachine.RAM_BASE));
    assertThat(trap.cause()).isEqualTo(LOAD_ACCESS_FAULT);
  }

  @Test
  void anAccessedBitThatProtectionForbidsToSetIsAnAccessFault() {
    machine.memory().store(LINEAR_ENTRY, 8, LINEAR_MAP);
    protectTheTable(1);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().store64(TestMachine.RAM_BASE, 1));
    assertThat(trap.cause()).isEqualTo(STORE_ACCESS_FAULT);
    assertThat(machine.memory().load(LINEAR_ENTRY, 8)).isEqualTo(LINEAR_MAP);
  }

  @Test
  void anEntryOfAllOnesIsReservedAndAPageFault() {
    machine.memory().store(LINEAR_ENTRY, 8, -1);
    Trap trap = catchThrowableOfType(Trap.class, () -> hart.mmu().load64(TestMachine.RAM_BASE));
    assertThat(trap.cause()).isEqualTo(LOAD_PAGE_FAULT);
  }
}
