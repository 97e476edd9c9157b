package vivarium.api.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A TLB read backwards, held to one that is looked through. */
class HostPagesTest {
  private static final int SLOTS = 64;
  private static final long PAGE = GuestMemory.PAGE_BYTES;

  private final HostPages pages = new HostPages(SLOTS);
  private final long[] expected = new long[SLOTS];

  private List<Integer> find(long page) {
    List<Integer> found = new ArrayList<>();
    for (int slot = pages.find(page, 0); slot >= 0; slot = pages.find(page, slot + 1)) {
      found.add(slot);
    }
    return found;
  }

  private List<Integer> slotsOf(long page) {
    List<Integer> slots = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      if (expected[slot] == page) {
        slots.add(slot);
      }
    }
    return slots;
  }

  @Test
  void everySlotOfAPageIsFoundWhateverWasThereBefore() {
    Random random = new Random(7);
    for (int step = 0; step < 100_000; step++) {
      int slot = random.nextInt(SLOTS);
      long page = (1 + random.nextInt(step % 2 == 0 ? 100 : 1000)) * PAGE;
      pages.filled(slot, page);
      expected[slot] = page;
      assertThat(find(page)).isEqualTo(slotsOf(page));
      long other = (1 + random.nextInt(1000)) * PAGE;
      assertThat(find(other)).isEqualTo(slotsOf(other));
      if (random.nextInt(5000) == 0) {
        pages.clear();
        java.util.Arrays.fill(expected, 0);
      } else if (random.nextInt(5000) == 0) {
        for (int each = 0; each < SLOTS; each++) {
          pages.emptied(each);
        }
        java.util.Arrays.fill(expected, 0);
      }
    }
  }

  @Test
  void pagesThatShareABucketAreToldApart() {
    long far = 4L * SLOTS * PAGE;
    pages.filled(3, PAGE);
    pages.filled(5, PAGE + far);
    assertThat(find(PAGE)).containsExactly(3);
    assertThat(find(PAGE + far)).containsExactly(5);
    assertThat(find(PAGE + 2 * far)).isEmpty();
  }
}
