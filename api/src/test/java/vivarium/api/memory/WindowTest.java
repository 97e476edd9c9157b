package vivarium.api.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {
  private static final long PAGE = GuestMemory.PAGE_BYTES;
  private static final long VA = 0x8000_0000L;
  private static final long ADDEND = 0x1_0000_0000L;

  private final Tlb tlb = new Tlb();

  private void fill(long... pages) {
    for (long page : pages) {
      tlb.fill(VA + page * PAGE, ADDEND, true, true);
    }
  }

  private void reaches(Window window, long firstPage, long pages) {
    assertThat(window.start()).isEqualTo(VA + firstPage * PAGE);
    assertThat(window.span()).isEqualTo(pages * PAGE - 7);
    assertThat(window.addend()).isEqualTo(ADDEND);
  }

  @Test
  void anEmptyWindowReachesNothing() {
    assertThat(tlb.loads.span()).isZero();
    fill(3);
    tlb.clear();
    assertThat(tlb.loads.span()).isZero();
  }

  @Test
  void pagesThatLieTogetherGrowTogether() {
    fill(4, 6, 5, 3);
    reaches(tlb.loads, 3, 4);
    reaches(tlb.stores, 3, 4);
  }

  @Test
  void aPageWhoseFrameLiesElsewhereStaysOutside() {
    fill(4);
    tlb.fill(VA + 5 * PAGE, ADDEND + PAGE, true, true);
    fill(6);
    reaches(tlb.loads, 4, 1);
  }

  @Test
  void aDroppedPageIsOutsideAndTheLargerSideStays() {
    fill(0, 1, 2, 3, 4, 5, 6, 7);
    tlb.drop(VA + 2 * PAGE + 5);
    reaches(tlb.loads, 3, 5);
    tlb.drop(VA + 7 * PAGE);
    reaches(tlb.stores, 3, 4);
  }

  @Test
  void aHostPageIsDroppedForStoresOnlyOrForBoth() {
    fill(0, 1, 2);
    tlb.dropHostPage(VA + 2 * PAGE + ADDEND, false);
    reaches(tlb.loads, 0, 3);
    reaches(tlb.stores, 0, 2);
    tlb.dropHostPage(VA + ADDEND, true);
    reaches(tlb.loads, 1, 2);
    reaches(tlb.stores, 1, 1);
  }

  @Test
  void theWindowMovesWhereMorePagesLieTogether() {
    fill(0, 10, 11, 12);
    reaches(tlb.loads, 0, 1);
    tlb.loads.consider(VA + 11 * PAGE);
    reaches(tlb.loads, 10, 3);
    tlb.loads.consider(VA);
    reaches(tlb.loads, 10, 3);
  }
}
