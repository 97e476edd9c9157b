package vivarium.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;
import vivarium.api.device.Device;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.testkit.device.FakeDeviceContext;
import vivarium.testkit.device.MemoryStorage;

/** Command sequences as Intel's datasheet and JESD68.01 have them, for chips of four blocks. */
class CfiFlashTest {
  private static final long BASE = 0x2000_0000L;
  private static final int BLOCK = CfiFlash.BLOCK_BYTES;
  private static final int SIZE = 2 * BLOCK;
  private static final long READY = 0x0080_0080L;
  private static final long PROGRAM_FAILED = 0x0090_0090L;
  private static final long ERASE_FAILED = 0x00a0_00a0L;
  private static final long SEQUENCE_ERROR = 0x00b0_00b0L;

  private final FakeDeviceContext context = new FakeDeviceContext(1);
  private final MemoryStorage storage = new MemoryStorage(content(), false);
  private final Device flash = flash(storage);

  private static byte[] content() {
    byte[] content = new byte[SIZE];
    new SplittableRandom(1).nextBytes(content);
    return content;
  }

  private Device flash(MemoryStorage its) {
    context.with(its).withDeviceMemory(BASE, SIZE);
    return new CfiFlash.Type().create(context);
  }

  /** A command for both chips, as drivers send it. */
  private void command(long offset, int command) {
    flash.store(offset, 4, command * 0x0001_0001L);
  }

  private int stored(int offset) {
    return ByteBuffer.wrap(storage.contents()).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  private long cell(long offset) {
    command(0, 0xff);
    return flash.load(offset, 4);
  }

  private long status() {
    command(0, 0x70);
    return flash.load(0, 4);
  }

  private void erase(long offset) {
    command(offset, 0x20);
    command(offset, 0xd0);
  }

  @Test
  void cellsAreReadAfterPowerOn() {
    assertThat(flash.size()).isEqualTo(SIZE);
    assertThat((int) flash.load(BLOCK + 4, 4)).isEqualTo(stored(BLOCK + 4));
    assertThat((int) (flash.load(1, 8) >>> 24)).isEqualTo(stored(4));
    assertThat(flash.load(2, 1)).isEqualTo(storage.contents()[2] & 0xff);
    assertThat(context.memory().isReadable(BASE, SIZE)).isTrue();
    assertThat(context.memory().isRam(BASE, 4)).isFalse();
  }

  @Test
  void statusIsThatOfBothChips() {
    command(0, 0x70);
    assertThat(flash.load(0x1000, 4)).isEqualTo(READY);
    assertThat(flash.load(0x1000, 8)).isEqualTo(READY << 32 | READY);
    assertThat(flash.load(0x1001, 1)).isZero();
    assertThat(flash.load(0x1002, 1)).isEqualTo(0x80);
    assertThat(context.memory().isReadable(BASE, 4)).isFalse();
  }

  @Test
  void theIdentifierIsIntelsAndNoBlockIsLocked() {
    command(0, 0x90);
    assertThat(flash.load(0, 4)).isEqualTo(0x0089_0089);
    assertThat(flash.load(4, 4)).isEqualTo(0x0018_0018);
    assertThat(flash.load(BLOCK + 8, 4)).isZero();
  }

  @Test
  void theQueryTellsGeometryAndCommandSet() {
    command(0x55 * 4, 0x98);
    assertThat(query(0x10, 3)).containsExactly(0x51, 0x52, 0x59);
    assertThat(query(0x13, 4)).containsExactly(1, 0, 0x31, 0);
    assertThat(query(0x27, 1)).containsExactly(18);
    assertThat(query(0x2a, 3)).containsExactly(11, 0, 1);
    assertThat(query(0x2d, 4)).containsExactly(1, 0, 0, 2);
    assertThat(query(0x31, 5)).containsExactly(0x50, 0x52, 0x49, 0x31, 0x30);
    assertThat(query(0x40, 1)).containsExactly(0);
    command(0, 0xff);
    assertThat((int) flash.load(0x40, 4)).isEqualTo(stored(0x40));
  }

  /** Both chips give the same answer. */
  private List<Integer> query(int address, int count) {
    return IntStream.range(address, address + count)
        .mapToObj(
            at -> {
              long both = flash.load(4L * at, 4);
              assertThat(both >>> 16).isEqualTo(both & 0xffff);
              return (int) both & 0xffff;
            })
        .toList();
  }

  @Test
  void erasingABlockMakesItOnesAndLeavesTheOther() {
    command(BLOCK + 0x1234, 0x20);
    assertThat(storage.contents()[BLOCK]).isEqualTo(content()[BLOCK]);
    command(BLOCK + 0x1234, 0xd0);
    assertThat(flash.load(0, 4)).isEqualTo(READY);
    byte[] expected = content();
    Arrays.fill(expected, BLOCK, 2 * BLOCK, (byte) 0xff);
    assertThat(storage.contents()).isEqualTo(expected);
    assertThat(cell(BLOCK)).isEqualTo(0xffff_ffffL);
    assertThat((int) cell(BLOCK - 4)).isEqualTo(stored(BLOCK - 4));
  }

  @Test
  void programmingClearsBitsAndSetsNone() {
    erase(0);
    for (int command : new int[] {0x40, 0x10}) {
      command(8, command);
      flash.store(8, 4, command == 0x40 ? 0x1234_ffffL : 0xffff_5678L);
      assertThat(flash.load(0, 4)).isEqualTo(READY);
    }
    assertThat(cell(8)).isEqualTo(0x1234_5678);
    command(8, 0x40);
    flash.store(8, 4, 0xffff_0000L);
    assertThat(cell(8)).isEqualTo(0x1234_0000);
    command(13, 0x40);
    flash.store(13, 1, 0xab);
    assertThat(cell(12)).isEqualTo(0xffff_abffL);
    assertThat(stored(8)).isEqualTo(0x1234_0000);
    assertThat(stored(12)).isEqualTo(0xffff_abff);
  }

  @Test
  void theWriteBufferIsProgrammedWhenConfirmed() {
    erase(0);
    command(0, 0xe8);
    assertThat(flash.load(0, 4)).isEqualTo(READY);
    command(0, 3);
    for (int i = 3; i >= 0; i--) {
      flash.store(0x1ff0 + 4L * i, 4, 0x1111_1111L * i);
    }
    assertThat(stored(0x1ff4)).isEqualTo(-1);
    command(0x1ff0, 0xd0);
    assertThat(flash.load(0, 4)).isEqualTo(READY);
    for (int i = 0; i < 4; i++) {
      assertThat(cell(0x1ff0 + 4L * i)).isEqualTo(0x1111_1111L * i);
    }
    assertThat(cell(0x1fec)).isEqualTo(0xffff_ffffL);
  }

  @Test
  void aBufferThatLeavesItsPlaceOrIsTooLongProgramsNothing() {
    erase(0);
    command(0, 0xe8);
    command(0, 1);
    flash.store(CfiFlash.WRITE_BUFFER_BYTES - 4, 4, 0);
    flash.store(CfiFlash.WRITE_BUFFER_BYTES, 4, 0);
    command(0, 0xd0);
    assertThat(flash.load(0, 4)).isEqualTo(SEQUENCE_ERROR);
    assertThat(cell(CfiFlash.WRITE_BUFFER_BYTES - 4)).isEqualTo(0xffff_ffffL);
    command(0, 0x50);
    command(0, 0xe8);
    command(0, CfiFlash.WRITE_BUFFER_BYTES / 4);
    assertThat(flash.load(0, 4)).isEqualTo(SEQUENCE_ERROR);
  }

  @Test
  void aSecondCommandThatDoesNotBelongIsASequenceErrorUntilItIsCleared() {
    command(0, 0x20);
    command(0, 0x33);
    assertThat(flash.load(0, 4)).isEqualTo(SEQUENCE_ERROR);
    assertThat(storage.contents()).isEqualTo(content());
    assertThat(status()).isEqualTo(SEQUENCE_ERROR);
    command(0, 0x50);
    assertThat(status()).isEqualTo(READY);
    command(0, 0x20);
    command(0, 0xff);
    assertThat((int) flash.load(4, 4)).isEqualTo(stored(4));
  }

  @Test
  void lockBitsAreTakenAndHinderNobody() {
    for (int code : new int[] {0x01, 0xd0}) {
      command(0, 0x60);
      command(0, code);
      assertThat(flash.load(0, 4)).isEqualTo(READY);
    }
    erase(0);
    assertThat(cell(0)).isEqualTo(0xffff_ffffL);
  }

  @Test
  void whatOtherMakersChipsAreAskedLeavesCellsToBeRead() {
    command(0, 0x70);
    for (int command : new int[] {0xaa, 0x55, 0xf0, 0x00}) {
      command(0x555, command);
      assertThat((int) flash.load(4, 4)).isEqualTo(stored(4));
    }
  }

  @Test
  void aWriteProtectedBankReportsFailureAndStaysAsItIs() {
    MemoryStorage fixed = new MemoryStorage(content(), true);
    context.with(fixed).withDeviceMemory(BASE + SIZE, SIZE);
    Device bank = new CfiFlash.Type().create(context);
    bank.store(0, 4, 0x40);
    bank.store(0, 4, 0);
    assertThat(bank.load(0, 4)).isEqualTo(PROGRAM_FAILED);
    bank.store(0, 4, 0x50);
    bank.store(0, 4, 0x20);
    bank.store(0, 4, 0xd0);
    assertThat(bank.load(0, 4)).isEqualTo(ERASE_FAILED);
    bank.store(0, 4, 0xff);
    assertThat((int) bank.load(0, 4)).isEqualTo(stored(0));
  }

  @Test
  void cellsKeepWhatTheStorageDoesNotTake() {
    storage.breakDown();
    erase(0);
    assertThat(flash.load(0, 4)).isEqualTo(ERASE_FAILED);
    assertThat((int) cell(0)).isEqualTo(stored(0));
    assertThat(context.control().complaints()).containsExactly("flash: broken");
  }

  @Test
  void whatWasChangedIsDurableWhenCellsAreReadAgain() {
    erase(0);
    command(0, 0xff);
    byte[] expected = content();
    Arrays.fill(expected, 0, BLOCK, (byte) 0xff);
    assertThat(storage.durable()).isEqualTo(expected);
  }

  @Test
  void resetReadsCellsAgainAndForgetsWhatWasBegun() {
    command(0, 0x20);
    command(0, 0);
    command(0, 0xe8);
    flash.reset();
    assertThat((int) flash.load(4, 4)).isEqualTo(stored(4));
    assertThat(context.memory().isReadable(BASE, 4)).isTrue();
    assertThat(status()).isEqualTo(READY);
  }

  @Test
  void anotherMachineFindsWhatWasProgrammed() {
    erase(0);
    command(4, 0x40);
    flash.store(4, 4, 0x600d_600d);
    MemoryStorage same = new MemoryStorage(storage.contents(), false);
    FakeDeviceContext other = new FakeDeviceContext(1).with(same).withDeviceMemory(BASE, SIZE);
    Device again = new CfiFlash.Type().create(other);
    assertThat(again.load(4, 4)).isEqualTo(0x600d_600d);
    byte[] read = new byte[4];
    other.deviceMemory().orElseThrow().read(4, MemorySegment.ofArray(read));
    assertThat(read).containsExactly(0x0d, 0x60, 0x0d, 0x60);
  }

  @Test
  void banksShareANode() {
    DeviceTreeNode soc = new DeviceTreeNode();
    flash.describe(soc, new DevicePlacement(BASE, 0, null, List.of()));
    flash.describe(soc, new DevicePlacement(BASE + SIZE, 0, null, List.of()));
    assertThat(soc.children()).hasSize(1);
    DeviceTreeNode node = soc.children().get(0);
    assertThat(node.name()).isEqualTo("flash@20000000");
    assertThat(new String(node.properties().get("compatible"))).isEqualTo("cfi-flash\0");
    assertThat(node.properties().get("bank-width")).containsExactly(0, 0, 0, 4);
    long[] reg = new long[4];
    ByteBuffer.wrap(node.properties().get("reg")).asLongBuffer().get(reg);
    assertThat(reg).containsExactly(BASE, SIZE, BASE + SIZE, SIZE);
  }

  @Test
  void aFlashWithoutItsPlaceOrOfAnotherSizeIsRefused() {
    FakeDeviceContext nowhere = new FakeDeviceContext(1).with(storage);
    assertThatThrownBy(() -> new CfiFlash.Type().create(nowhere))
        .isInstanceOf(VivariumException.class)
        .hasMessage("device cfi-flash has places of its own, and needs a file");
    nowhere.withDeviceMemory(BASE, BLOCK);
    assertThatThrownBy(() -> new CfiFlash.Type().create(nowhere))
        .isInstanceOf(VivariumException.class)
        .hasMessage("a flash of " + BLOCK + " bytes cannot hold " + SIZE);
  }

  @Test
  void noAccessThrows() {
    SplittableRandom random = new SplittableRandom(3);
    int[] commands = {0x10, 0x20, 0x40, 0x60, 0x70, 0x90, 0x98, 0xd0, 0xe8, 0xff, 0, 3};
    assertThatCode(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                int width = 1 << random.nextInt(4);
                long offset = random.nextLong(SIZE - width + 1);
                flash.store(offset, width, commands[random.nextInt(commands.length)]);
                flash.load(SIZE - width, width);
              }
            })
        .doesNotThrowAnyException();
  }
}
