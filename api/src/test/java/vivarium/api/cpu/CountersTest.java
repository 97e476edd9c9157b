package vivarium.api.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What counters keep apart. */
class CountersTest {
  private final Counters counters = new Counters();

  @Test
  void trapsAndInterruptsAreToldApartByTheirNumbers() {
    counters.trapTaken(13);
    counters.trapTaken(13);
    counters.trapTaken(2);
    counters.interruptTaken(5);
    assertThat(counters.traps).isEqualTo(3);
    assertThat(counters.traps(13)).isEqualTo(2);
    assertThat(counters.traps(2)).isEqualTo(1);
    assertThat(counters.interrupts).isEqualTo(1);
    assertThat(counters.interrupts(5)).isEqualTo(1);
    assertThat(counters.traps(5)).isZero();
  }

  @Test
  void causesBeyondTheLastAreCountedWithIt() {
    counters.trapTaken(Long.MAX_VALUE);
    counters.interruptTaken(Integer.MAX_VALUE);
    assertThat(counters.traps(Counters.CAUSES - 1)).isEqualTo(1);
    assertThat(counters.interrupts(Counters.CAUSES - 1)).isEqualTo(1);
  }

  @Test
  void activitiesNestAndGoBackToTheOneBefore() {
    assertThat(counters.activity()).isEqualTo(Activity.OUTSIDE);
    int outside = counters.begin(Activity.GUEST);
    int guest = counters.begin(Activity.MEMORY);
    assertThat(counters.activity()).isEqualTo(Activity.MEMORY);
    counters.end(guest);
    assertThat(counters.activity()).isEqualTo(Activity.GUEST);
    counters.end(outside);
    assertThat(counters.activity()).isEqualTo(Activity.OUTSIDE);
  }

  @Test
  void theMostTablePagesStayNotedWhenTheyAreGivenUp() {
    counters.tablePagesChange(1);
    counters.tablePagesChange(1);
    counters.tablePagesChange(-1);
    assertThat(counters.tablePages).isEqualTo(1);
    assertThat(counters.mostTablePages).isEqualTo(2);
  }

  @Test
  void referencesOfWalksAreTheSumOfTheirKindsAndFillsAreNone() {
    counters.guestTableReferences = 3;
    counters.p2mReferences = 12;
    counters.monitorTableReferences = 100;
    counters.fillReferences = 1000;
    assertThat(counters.walkReferences()).isEqualTo(115);
  }
}
