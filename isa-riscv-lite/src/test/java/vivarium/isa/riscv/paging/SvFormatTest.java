package vivarium.isa.riscv.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static vivarium.isa.riscv.paging.SvFormat.ADUE;
import static vivarium.isa.riscv.paging.SvFormat.MXR;
import static vivarium.isa.riscv.paging.SvFormat.SUM;
import static vivarium.isa.riscv.paging.SvFormat.SUPERVISOR;
import static vivarium.isa.riscv.paging.SvFormat.SV39;
import static vivarium.isa.riscv.paging.SvFormat.SV48;
import static vivarium.isa.riscv.paging.SvFormat.USER;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.memory.Access;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;
import vivarium.isa.riscv.TestHart;

class SvFormatTest {
  private static final int LOAD = 1;
  private static final int STORE = 2;
  private static final int FETCH = 4;
  private static final long V = 1;
  private static final long R = 2;
  private static final long W = 4;
  private static final long X = 8;
  private static final long U = 16;
  private static final long G = 32;
  private static final long A = 64;
  private static final long D = 128;
  private static final long KERNEL = V | R | W | A | D;
  private static final long ROOT = TestHart.RAM;
  private static final long PAGE = TestHart.RAM + 0x40_0000;
  private static final long VA = 0x12_3456_7abcL;

  private final TestHart guest = new TestHart();
  private final Walk walk = new Walk();

  /** Maps VA at a level through tables that follow the root. */
  private long map(SvFormat format, int leafLevel, long leaf) {
    long table = ROOT;
    for (int level = format.levels() - 1; level > leafLevel; level--) {
      long next = table + 0x1000;
      write(entryAddress(table, level), next >>> 12 << 10 | V);
      table = next;
    }
    write(entryAddress(table, leafLevel), leaf);
    return entryAddress(table, leafLevel);
  }

  private static long entryAddress(long table, int level) {
    return table + (VA >>> 12 + 9 * level & 511) * 8;
  }

  private static long leaf(long address, long flags) {
    return address >>> 12 << 10 | flags;
  }

  private void write(long gpa, long entry) {
    guest.machine.memory().store(gpa, 8, entry);
  }

  private Walk walk(SvFormat format, int mode, Access access) {
    TranslationContext context = new TranslationContext(guest.hart, 0, format, ROOT, 0, mode);
    format.walk(context, guest.machine.memory(), ROOT, VA, access, walk);
    return walk;
  }

  private void assertMapped(SvFormat format, int mode, Access access, int permissions) {
    walk(format, mode, access);
    assertThat(walk.outcome()).isEqualTo(Walk.Outcome.MAPPED);
    assertThat(walk.permissions()).isEqualTo(permissions);
  }

  private void assertFault(SvFormat format, int mode, Access access) {
    assertThat(walk(format, mode, access).outcome()).isEqualTo(Walk.Outcome.PAGE_FAULT);
  }

  @Test
  void smallPageIsFoundThroughThreeLevels() {
    map(SV39, 0, leaf(PAGE, KERNEL));
    assertMapped(SV39, SUPERVISOR, Access.LOAD, LOAD | STORE);
    assertThat(walk.address()).isEqualTo(PAGE + 0xabc);
    assertThat(walk.level()).isZero();
    assertThat(walk.global()).isFalse();
  }

  @Test
  void smallPageIsFoundThroughFourLevels() {
    map(SV48, 0, leaf(PAGE, KERNEL));
    assertMapped(SV48, SUPERVISOR, Access.STORE, LOAD | STORE);
    assertThat(walk.address()).isEqualTo(PAGE + 0xabc);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void superpageTakesItsLowBitsFromTheVirtualAddress(int level) {
    map(SV39, level, leaf(0x40_0000_0000L, KERNEL));
    assertMapped(SV39, SUPERVISOR, Access.LOAD, LOAD | STORE);
    long mask = (1L << 12 + 9 * level) - 1;
    assertThat(walk.address()).isEqualTo(0x40_0000_0000L | VA & mask);
    assertThat(walk.level()).isEqualTo(level);
  }

  @Test
  void misalignedSuperpageFaults() {
    map(SV39, 1, leaf(PAGE + 0x1000, KERNEL));
    assertFault(SV39, SUPERVISOR, Access.LOAD);
  }

  @Test
  void rootOutsideMemoryIsAnAccessFault() {
    TranslationContext context = new TranslationContext(guest.hart, 0, SV39, 0x1000, 0, SUPERVISOR);
    SV39.walk(context, guest.machine.memory(), 0x1000, VA, Access.LOAD, walk);
    assertThat(walk.outcome()).isEqualTo(Walk.Outcome.ACCESS_FAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000003fffffffff, true, true",
    "0x0000004000000000, false, true",
    "0xffffffc000000000, true, true",
    "0xffffffbfffffffff, false, true",
    "0x0000800000000000, false, false",
    "0xffff800000000000, false, true"
  })
  void canonicalAddressesRepeatTheirTopBit(String va, boolean inSv39, boolean inSv48) {
    long address = Long.parseUnsignedLong(va.substring(2), 16);
    assertThat(SV39.canonical(address)).isEqualTo(inSv39);
    assertThat(SV48.canonical(address)).isEqualTo(inSv48);
  }

  @Test
  void addressThatIsNotCanonicalFaultsWithoutAReference() {
    TranslationContext context = new TranslationContext(guest.hart, 0, SV39, ROOT, 0, SUPERVISOR);
    write(ROOT, leaf(0, KERNEL));
    SV39.walk(context, guest.machine.memory(), ROOT, 1L << 39, Access.LOAD, walk);
    assertThat(walk.outcome()).isEqualTo(Walk.Outcome.PAGE_FAULT);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        R | W | A | D, // not valid
        V | W | A | D, // writable, not readable
        V | W | X | A | D,
        KERNEL | 1L << 54,
        KERNEL | 1L << 61,
        KERNEL | 1L << 63,
        V // a pointer at the last level
      })
  void reservedAndInvalidLeavesFault(long flags) {
    map(SV39, 0, leaf(PAGE, flags));
    assertFault(SV39, SUPERVISOR | ADUE, Access.LOAD);
  }

  @ParameterizedTest
  @ValueSource(longs = {A, D, U, 1L << 54, 1L << 63})
  void reservedBitsInAPointerFault(long reserved) {
    map(SV39, 0, leaf(PAGE, KERNEL));
    write(entryAddress(ROOT, 2), leaf(ROOT + 0x1000, V | reserved));
    assertFault(SV39, SUPERVISOR | ADUE, Access.LOAD);
  }

  @Test
  void softwareBitsAreIgnored() {
    map(SV39, 0, leaf(PAGE, KERNEL | 3 << 8));
    assertMapped(SV39, SUPERVISOR, Access.LOAD, LOAD | STORE);
  }

  @Test
  void userPagesNeedSumInSupervisorModeAndAreNeverExecutedThere() {
    map(SV39, 0, leaf(PAGE, KERNEL | X | U));
    assertMapped(SV39, USER, Access.LOAD, LOAD | STORE | FETCH);
    assertFault(SV39, SUPERVISOR, Access.LOAD);
    assertMapped(SV39, SUPERVISOR | SUM, Access.LOAD, LOAD | STORE);
    assertFault(SV39, SUPERVISOR | SUM, Access.FETCH);
  }

  @Test
  void supervisorPagesAreClosedToUsers() {
    map(SV39, 0, leaf(PAGE, KERNEL | X));
    assertFault(SV39, USER, Access.LOAD);
    assertFault(SV39, USER | SUM, Access.FETCH);
    assertMapped(SV39, SUPERVISOR, Access.FETCH, LOAD | STORE | FETCH);
  }

  @Test
  void executableOnlyPagesAreReadableWithMxr() {
    map(SV39, 0, leaf(PAGE, V | X | A));
    assertFault(SV39, SUPERVISOR, Access.LOAD);
    assertMapped(SV39, SUPERVISOR, Access.FETCH, FETCH);
    assertMapped(SV39, SUPERVISOR | MXR, Access.LOAD, LOAD | FETCH);
  }

  @Test
  void readOnlyPageFaultsOnStore() {
    map(SV39, 0, leaf(PAGE, V | R | A | D));
    assertFault(SV39, SUPERVISOR, Access.STORE);
  }

  @Test
  void hardwareSetsAccessedAndKeepsStoresOutUntilDirty() {
    long entry = map(SV39, 0, leaf(PAGE, V | R | W));
    assertMapped(SV39, SUPERVISOR | ADUE, Access.LOAD, LOAD);
    assertThat(guest.machine.memory().read(entry)).isEqualTo(leaf(PAGE, V | R | W | A));
    assertMapped(SV39, SUPERVISOR | ADUE, Access.STORE, LOAD | STORE);
    assertThat(guest.machine.memory().read(entry)).isEqualTo(leaf(PAGE, KERNEL));
  }

  @Test
  void withoutHardwareUpdateUnmarkedPagesFault() {
    long entry = map(SV39, 0, leaf(PAGE, V | R | W));
    assertFault(SV39, SUPERVISOR, Access.LOAD);
    write(entry, leaf(PAGE, V | R | W | A));
    assertMapped(SV39, SUPERVISOR, Access.LOAD, LOAD);
    assertFault(SV39, SUPERVISOR, Access.STORE);
    assertThat(guest.machine.memory().read(entry)).isEqualTo(leaf(PAGE, V | R | W | A));
  }

  @Test
  void faultingAccessDoesNotMarkThePage() {
    long entry = map(SV39, 0, leaf(PAGE, V | R));
    assertFault(SV39, SUPERVISOR | ADUE, Access.STORE);
    assertThat(guest.machine.memory().read(entry)).isEqualTo(leaf(PAGE, V | R));
  }

  @Test
  void entryThatChangesUnderTheUpdateIsReadAgain() {
    long entry = map(SV39, 0, leaf(PAGE, V | R));
    TableMemory racing =
        new TableMemory() {
          @Override
          public long read(long address) {
            return guest.machine.memory().read(address);
          }

          @Override
          public boolean compareAndSet(long address, long expected, long value) {
            write(entry, 0);
            return guest.machine.memory().compareAndSet(address, expected, value);
          }
        };
    TranslationContext context =
        new TranslationContext(guest.hart, 0, SV39, ROOT, 0, SUPERVISOR | ADUE);
    SV39.walk(context, racing, ROOT, VA, Access.LOAD, walk);
    assertThat(walk.outcome()).isEqualTo(Walk.Outcome.PAGE_FAULT);
    assertThat(guest.machine.memory().read(entry)).isZero();
  }

  @Test
  void globalPointerMakesTheMappingGlobal() {
    map(SV39, 0, leaf(PAGE, KERNEL));
    write(entryAddress(ROOT, 2), leaf(ROOT + 0x1000, V | G));
    walk(SV39, SUPERVISOR, Access.LOAD);
    assertThat(walk.global()).isTrue();
  }

  @Test
  void partsOfAnEntryCanBeTakenAndChanged() {
    long entry = leaf(PAGE, KERNEL | G | 1 << 8);
    assertThat(SV39.address(entry)).isEqualTo(PAGE);
    assertThat(SV39.withAddress(entry, ROOT)).isEqualTo(leaf(ROOT, KERNEL | G | 1 << 8));
    assertThat(SV39.tableEntry(ROOT)).isEqualTo(leaf(ROOT, V));
    assertThat(SV39.isTable(SV39.tableEntry(ROOT))).isTrue();
    assertThat(SV39.isTable(entry)).isFalse();
    assertThat(SV39.isLeaf(entry, 0)).isTrue();
    assertThat(SV39.isLeaf(leaf(PAGE + 0x1000, KERNEL), 1)).isFalse();
    assertThat(SV39.readOnly(entry)).isEqualTo(entry & ~W);
    assertThat(SV39.isGlobal(entry)).isTrue();
    assertThat(SV39.isMarked(leaf(PAGE, V | R | W | A), Access.LOAD)).isTrue();
    assertThat(SV39.isMarked(leaf(PAGE, V | R | W | A), Access.STORE)).isFalse();
  }
}
