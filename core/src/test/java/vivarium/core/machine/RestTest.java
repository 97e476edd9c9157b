package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vivarium.core.memory.Extent;
import vivarium.core.memory.MachineMemory;

class RestTest {
  private static final long RAM_BYTES = 8L << 20;
  private final MachineMemory memory = MachineMemory.ofBytes(16L << 20);
  private final Extent extent = memory.give("vm", RAM_BYTES);
  private final AtomicLong now = new AtomicLong();
  private final Rest rest = new Rest("vm", extent, now::get);

  @AfterEach
  void tearDown() {
    extent.close();
    memory.close();
  }

  @Test
  void aMachineThatHasRunMuchAndIsQuietGivesUpItsEnginesOnce() {
    long steps = Rest.WORTH_STEPS;
    assertThat(rest.waits(steps)).isFalse();
    assertThat(rest.nanosToNextLook(steps)).isEqualTo(Rest.WINDOW_NANOS);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(steps)).as("it ran in the first window").isFalse();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(steps + 1000)).isTrue();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(steps + 2000)).isFalse();
  }

  @Test
  void aBusyMachineKeepsItsEngines() {
    for (long window = 1; window < 10; window++) {
      now.addAndGet(Rest.WINDOW_NANOS);
      assertThat(rest.waits(window * Rest.WORTH_STEPS)).isFalse();
    }
  }

  @Test
  void aMachineThatHasHardlyRunIsNotLookedAtAgain() {
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(1000)).isFalse();
    assertThat(rest.nanosToNextLook(1000)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void ramIsGivenBackPieceByPiece() {
    extent.machine().asSlice(extent.ram().give(0), RAM_BYTES).fill((byte) 1);
    extent.machine().asSlice(extent.ram().give(0), RAM_BYTES).fill((byte) 0);
    assertThat(extent.residentBytes()).isEqualTo(RAM_BYTES);
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(Rest.WORTH_STEPS)).isFalse();
    now.addAndGet(Rest.WINDOW_NANOS);
    assertThat(rest.waits(Rest.WORTH_STEPS)).isTrue();
    assertThat(rest.waits(Rest.WORTH_STEPS)).isFalse();
    assertThat(extent.residentBytes()).isEqualTo(RAM_BYTES - Rest.PIECE_BYTES);
    assertThat(rest.nanosToNextLook(Rest.WORTH_STEPS)).isLessThan(Rest.WINDOW_NANOS);
    assertThat(rest.waits(Rest.WORTH_STEPS)).isFalse();
    assertThat(extent.residentBytes()).isZero();
    assertThat(rest.nanosToNextLook(Rest.WORTH_STEPS)).isEqualTo(Long.MAX_VALUE);
  }
}
