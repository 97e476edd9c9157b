package vivarium.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
  private static final long BASE = 0x8000_0000L;
  private static final long PAGE = GuestMemory.PAGE_BYTES;
  private static final int PAGES = 16;
  private static final long DEVICE = 0x2000_0000L;
  private static final long FIRST_FRAME = 4 * PAGE;

  /** Frames in order, but for page 5, which lies at the end. */
  private final GuestMemory memory =
      new GuestMemory(
          Arena.ofAuto().allocate(32 * PAGE, PAGE),
          BASE,
          PAGES * PAGE,
          page -> page == 5 ? 31 * PAGE : FIRST_FRAME + page * PAGE);

  @Test
  void guestAddressUndoesMachineAddress() {
    for (int page = 0; page < PAGES; page++) {
      long gpa = BASE + page * PAGE + 0x123;
      assertThat(memory.guestAddress(memory.machineAddress(gpa))).isEqualTo(gpa);
    }
  }

  @Test
  void guestAddressIsRightWhenThePageThatLiesElsewhereIsTouchedFirst() {
    long elsewhere = memory.machineAddress(BASE + 5 * PAGE);
    long first = memory.machineAddress(BASE);
    assertThat(memory.guestAddress(elsewhere)).isEqualTo(BASE + 5 * PAGE);
    assertThat(memory.guestAddress(first)).isEqualTo(BASE);
  }

  @Test
  void frameThatBacksNoPageHasNoGuestAddress() {
    memory.machineAddress(BASE);
    memory.machineAddress(BASE + 5 * PAGE);
    assertThatThrownBy(() -> memory.guestAddress(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> memory.guestAddress(FIRST_FRAME + 5 * PAGE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void withTheLastWatcherThePagesItWatchedAreFree() {
    CodeWatcher one = new Watcher();
    CodeWatcher other = new Watcher();
    memory.addCodeWatcher(one);
    memory.addCodeWatcher(other);
    memory.watchCode(BASE);
    memory.removeCodeWatcher(one);
    assertThat(memory.mayStoreDirectly(BASE)).isFalse();
    memory.removeCodeWatcher(other);
    assertThat(memory.mayStoreDirectly(BASE)).isTrue();
  }

  @Test
  void pageIsWatchedUntilNoWatcherHoldsCodeOfIt() {
    Watcher one = new Watcher();
    Watcher other = new Watcher();
    memory.addCodeWatcher(one);
    memory.addCodeWatcher(other);
    memory.watchCode(BASE);
    one.holdsCode = false;
    memory.unwatchCode(BASE);
    assertThat(memory.mayStoreDirectly(BASE)).isFalse();
    other.holdsCode = false;
    memory.unwatchCode(BASE);
    assertThat(memory.mayStoreDirectly(BASE)).isTrue();
  }

  @Test
  void memoryOfADeviceIsNoRamAndReadableOnlyWhenTheDeviceLetsIt() {
    DeviceMemory device = memory.addDeviceMemory(DEVICE, 2 * PAGE);
    device.write(PAGE - 2, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
    assertThat(memory.isReadable(DEVICE, 4)).isFalse();
    device.setReadable(true);
    assertThat(memory.isReadable(DEVICE, 2 * PAGE)).isTrue();
    assertThat(memory.isReadable(DEVICE, 2 * PAGE + 1)).isFalse();
    assertThat(memory.isReadable(BASE, 4)).isTrue();
    assertThat(memory.isRam(DEVICE, 4)).isFalse();
    assertThat(memory.mayLoadDirectly(DEVICE)).isTrue();
    assertThat(memory.mayStoreDirectly(DEVICE)).isFalse();
    assertThat(device.load(PAGE - 2, 4)).isEqualTo(0x0403_0201);
    assertThat(memory.load(DEVICE + PAGE, 2)).isEqualTo(0x0403);
    assertThatThrownBy(() -> device.write(0, MemorySegment.ofArray(new byte[1])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> device.load(2 * PAGE, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void pagesOfDevicesAreNumberedBehindThoseOfRam() {
    memory.addDeviceMemory(DEVICE, 2 * PAGE);
    memory.addDeviceMemory(DEVICE + 16 * PAGE, PAGE);
    assertThat(memory.pages()).isEqualTo(PAGES + 3);
    assertThat(memory.pageNumber(BASE + PAGE)).isEqualTo(1);
    assertThat(memory.pageNumber(DEVICE + PAGE)).isEqualTo(PAGES + 1);
    assertThat(memory.pageNumber(DEVICE + 16 * PAGE)).isEqualTo(PAGES + 2);
    assertThatThrownBy(() -> memory.pageNumber(DEVICE + 2 * PAGE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void whoeverReachesADevicesMemoryIsToldWhenItIsNoLongerReadable() {
    DeviceMemory device = memory.addDeviceMemory(DEVICE, 2 * PAGE);
    device.setReadable(true);
    List<Long> dropped = new ArrayList<>();
    memory.addTlb(new PageList(dropped));
    memory.hostPage(DEVICE + PAGE);
    device.setReadable(false);
    assertThat(dropped).containsExactly(DEVICE + PAGE);
    device.setReadable(true);
    device.setReadable(false);
    assertThat(dropped).hasSize(1);
  }

  private record PageList(List<Long> pages) implements TlbHolder {
    @Override
    public void dropStores(long gpaPage) {}

    @Override
    public void dropPage(long gpaPage) {
      pages.add(gpaPage);
    }

    @Override
    public void dropContext(int contextIndex, boolean allAddresses, long va) {}
  }

  private static final class Watcher implements CodeWatcher {
    private boolean holdsCode = true;

    @Override
    public boolean holdsCode(long gpa, int length) {
      return holdsCode;
    }

    @Override
    public void codeWritten(long gpa, int length) {}
  }

  @Test
  void rangeIsContiguousUpToAFrameThatLiesElsewhere() {
    assertThat(memory.contiguous(BASE, 5 * PAGE)).isTrue();
    assertThat(memory.contiguous(BASE, 6 * PAGE)).isFalse();
    assertThat(memory.contiguous(BASE + 5 * PAGE, PAGE)).isTrue();
  }

  @Test
  void rangeThatLeavesRamIsNotContiguous() {
    assertThat(memory.contiguous(BASE + 8 * PAGE, 8 * PAGE)).isTrue();
    assertThat(memory.contiguous(BASE + 8 * PAGE, 9 * PAGE)).isFalse();
    assertThat(memory.contiguous(BASE - PAGE, 2 * PAGE)).isFalse();
  }
}
