package vivarium.api.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TlbTest {
  private static final long PAGE = GuestMemory.PAGE_BYTES;
  private static final long ADDEND = 1L << 40;

  private static boolean loads(Tlb tlb, long page) {
    return tlb.loadTags[slot(tlb, page)] == page * PAGE;
  }

  private static boolean stores(Tlb tlb, long page) {
    return tlb.storeTags[slot(tlb, page)] == page * PAGE;
  }

  private static int slot(Tlb tlb, long page) {
    return (int) page & tlb.loadTags.length - 1;
  }

  /** Pages from 0 on, of which every third can only be loaded from. */
  private static Tlb filled(int pages) {
    Tlb tlb = new Tlb();
    for (int page = 0; page < pages; page++) {
      tlb.fill(page * PAGE, ADDEND, true, page % 3 != 0);
    }
    return tlb;
  }

  @Test
  void itIsCrowdedAfterAsManyFillsAsItHasEntries() {
    assertThat(filled(Tlb.LEAST_ENTRIES - 1).isCrowded()).isFalse();
    assertThat(filled(Tlb.LEAST_ENTRIES).isCrowded()).isTrue();
  }

  @Test
  void clearedItIsCrowdedNoMore() {
    Tlb tlb = filled(Tlb.LEAST_ENTRIES);
    tlb.clear();
    assertThat(tlb.isCrowded()).isFalse();
    assertThat(loads(tlb, 1)).isFalse();
  }

  @Test
  void aLargerOneHoldsTheSame() {
    Tlb larger = filled(Tlb.LEAST_ENTRIES).grown();
    for (long page = 0; page < Tlb.LEAST_ENTRIES; page++) {
      assertThat(loads(larger, page)).isTrue();
      assertThat(stores(larger, page)).isEqualTo(page % 3 != 0);
      assertThat(larger.addends[slot(larger, page)]).isEqualTo(ADDEND);
    }
    assertThat(loads(larger, Tlb.LEAST_ENTRIES)).isFalse();
    assertThat(larger.loads.span()).isEqualTo(Tlb.LEAST_ENTRIES * PAGE - 7);
  }

  @Test
  void aLargerOneIsOfFullSizeAndNeverCrowded() {
    Tlb larger = filled(Tlb.LEAST_ENTRIES).grown();
    for (long page = 0; page < 2 * Tlb.MOST_ENTRIES; page++) {
      larger.fill(page * PAGE, ADDEND, true, true);
    }
    assertThat(larger.loadTags).hasSize(Tlb.MOST_ENTRIES);
    assertThat(larger.isCrowded()).isFalse();
  }

  @Test
  void whatIsDroppedBeforeItGrowsStaysDropped() {
    Tlb tlb = filled(Tlb.LEAST_ENTRIES);
    tlb.drop(5 * PAGE);
    tlb.dropHostPage(7 * PAGE + ADDEND, false);
    Tlb larger = tlb.grown();
    assertThat(loads(larger, 5)).isFalse();
    assertThat(loads(larger, 7)).isTrue();
    assertThat(stores(larger, 7)).isFalse();
  }

  @Test
  void aHostPageIsFoundAfterItHasGrown() {
    Tlb larger = filled(Tlb.LEAST_ENTRIES).grown();
    larger.dropHostPage(8 * PAGE + ADDEND, true);
    assertThat(loads(larger, 8)).isFalse();
    assertThat(loads(larger, 9)).isTrue();
  }

  @Test
  void largePagesAreKnownAfterItHasGrown() {
    Tlb tlb = filled(Tlb.LEAST_ENTRIES);
    tlb.noteLargePage(0xffff_ffff_8000_0000L, 2 << 20);
    assertThat(tlb.grown().inLargePage(0xffff_ffff_8010_0000L)).isTrue();
    assertThat(tlb.grown().inLargePage(0xffff_ffff_9000_0000L)).isFalse();
  }
}
