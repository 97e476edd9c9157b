package vivarium.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.memory.TableFrames;

class MachineMemoryTest {
  private static final long MIB = 1L << 20;

  @Test
  void anExtentIsContiguousZeroAndWritable() {
    try (MachineMemory memory = MachineMemory.ofBytes(64 * MIB);
        Extent extent = memory.give("a", 8 * MIB)) {
      long first = extent.ram().give(0);
      assertThat(extent.ram().give(2047)).isEqualTo(first + 8 * MIB - 4096);
      assertThat(extent.machine().get(ValueLayout.JAVA_LONG, first)).isZero();
      extent.machine().set(ValueLayout.JAVA_LONG, first + 8 * MIB - 8, 1);
      assertThat((extent.machine().address() + first) % (2 * MIB)).isZero();
    }
  }

  @Test
  void extentsDoNotOverlap() {
    try (MachineMemory memory = MachineMemory.ofBytes(64 * MIB);
        Extent a = memory.give("a", 8 * MIB);
        Extent b = memory.give("b", 8 * MIB)) {
      long distance = Math.abs(a.ram().give(0) - b.ram().give(0));
      assertThat(distance).isGreaterThanOrEqualTo(8 * MIB + Extent.tableBytes(8 * MIB));
    }
  }

  @Test
  void aReturnedExtentIsZeroWhenGivenAgain() {
    try (MachineMemory memory = MachineMemory.ofBytes(8 * MIB)) {
      long first;
      try (Extent extent = memory.give("a", 8 * MIB)) {
        first = extent.ram().give(0);
        extent.machine().set(ValueLayout.JAVA_LONG, first, 42);
      }
      try (Extent extent = memory.give("b", 8 * MIB)) {
        assertThat(extent.ram().give(0)).isEqualTo(first);
        assertThat(extent.machine().get(ValueLayout.JAVA_LONG, first)).isZero();
      }
    }
  }

  @Test
  void theHostGivesFramesWhenTheyAreWrittenOnly() {
    try (MachineMemory memory = MachineMemory.ofBytes(64 * MIB);
        Extent extent = memory.give("a", 32 * MIB);
        Extent other = memory.give("b", 32 * MIB)) {
      assertThat(extent.residentBytes()).isZero();
      long first = extent.ram().give(0);
      extent.machine().set(ValueLayout.JAVA_LONG, first + 5 * MIB, 1);
      assertThat(extent.residentBytes()).isBetween(4096L, 2 * MIB);
      assertThat(memory.residentBytes()).isEqualTo(extent.residentBytes());
      assertThat(other.residentBytes()).isZero();
    }
  }

  @Test
  void framesOfZerosAreGivenBackAndOthersAreKept() {
    try (MachineMemory memory = MachineMemory.ofBytes(64 * MIB);
        Extent extent = memory.give("a", 8 * MIB)) {
      long first = extent.ram().give(0);
      extent.machine().asSlice(first, 8 * MIB).fill((byte) 1);
      extent.machine().asSlice(first, 8 * MIB).fill((byte) 0);
      extent.machine().set(ValueLayout.JAVA_LONG, first + 3 * MIB + 8, 7);
      assertThat(extent.giveBackZeros(0, 8 * MIB)).isEqualTo(8 * MIB - Extent.GIVEN_BACK_BYTES);
      assertThat(extent.residentBytes()).isEqualTo(Extent.GIVEN_BACK_BYTES);
      assertThat(extent.machine().get(ValueLayout.JAVA_LONG, first + 3 * MIB + 8)).isEqualTo(7);
      assertThat(extent.machine().get(ValueLayout.JAVA_LONG, first + 4 * MIB)).isZero();
      extent.machine().set(ValueLayout.JAVA_LONG, first + 4 * MIB, 9);
      assertThat(extent.machine().get(ValueLayout.JAVA_LONG, first + 4 * MIB)).isEqualTo(9);
    }
  }

  @Test
  void theLimitHoldsForAllMachinesTogether() {
    try (MachineMemory memory = MachineMemory.ofBytes(10 * MIB)) {
      Extent first = memory.give("a", 6 * MIB);
      assertThatThrownBy(() -> memory.give("b", 6 * MIB))
          .isInstanceOf(VivariumException.class)
          .hasMessage("machine b wants 6 MiB of memory, but of 10 MiB only 4 MiB are left");
      first.close();
      first.close();
      assertThat(memory.given()).isZero();
      memory.give("b", 10 * MIB).close();
    }
  }

  @Test
  void moreThanTheHostHasIsRefused() {
    long petabyte = 1L << 50;
    try (MachineMemory memory = MachineMemory.ofBytes(petabyte)) {
      assertThatThrownBy(() -> memory.give("a", petabyte / 2))
          .isInstanceOf(VivariumException.class)
          .hasMessageContaining("more than the host can give");
    }
  }

  @Test
  void holesAreJoinedAgain() {
    try (MachineMemory memory = MachineMemory.ofBytes(32 * MIB)) {
      for (int round = 0; round < 5; round++) {
        Extent a = memory.give("a", 8 * MIB);
        Extent b = memory.give("b", 8 * MIB);
        Extent c = memory.give("c", 8 * MIB);
        a.close();
        c.close();
        b.close();
        memory.give("all", 32 * MIB).close();
      }
      assertThat(memory.given()).isZero();
    }
  }

  @Test
  void memoryThatWasGivenBackToTheHostGivesNothing() {
    MachineMemory memory = MachineMemory.ofBytes(8 * MIB);
    Extent extent = memory.give("a", MIB);
    memory.close();
    memory.close();
    extent.close();
    assertThatThrownBy(() -> memory.give("b", MIB)).isInstanceOf(VivariumException.class);
  }

  @Test
  void tableFramesAreZeroBoundedAndDistinct() {
    try (MachineMemory memory = MachineMemory.ofBytes(8 * MIB);
        Extent extent = memory.give("a", MIB)) {
      TableFrames tables = extent.tables();
      long first = tables.allocate();
      tables.write(first + 8, 77);
      assertThat(tables.read(first + 8)).isEqualTo(77);
      assertThat(tables.compareAndSet(first + 8, 76, 1)).isFalse();
      assertThat(tables.compareAndSet(first + 8, 77, 78)).isTrue();
      int count = 1;
      while (tables.allocate() != TableFrames.NONE) {
        count++;
      }
      assertThat(count).isEqualTo(256);
      tables.free(first);
      assertThat(tables.allocate()).isEqualTo(first);
      assertThat(tables.read(first + 8)).isZero();
    }
  }

  @Test
  void whatIsNoTableFrameIsNeitherReadNorWritten() {
    try (MachineMemory memory = MachineMemory.ofBytes(8 * MIB);
        Extent extent = memory.give("a", MIB)) {
      TableFrames tables = extent.tables();
      long ram = extent.ram().give(0);
      long freed = tables.allocate();
      tables.free(freed);
      for (long ma : new long[] {ram, freed, -8, Long.MIN_VALUE, ram + 100 * MIB}) {
        assertThat(tables.read(ma)).isEqualTo(TableFrames.MISSING);
        assertThatThrownBy(() -> tables.write(ma, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tables.free(ma)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }
}
