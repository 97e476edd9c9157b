package vivarium.devices;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.api.device.BlockStorage;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.MachineControl;
import vivarium.api.memory.DeviceMemory;

/**
 * A bank of NOR flash: two chips of 16 bits side by side, with Intel's command set (Intel
 * StrataFlash Memory J3 datasheet, "Commands"). They are always commanded together, by the low byte
 * of what is stored, and each answers in its half of a 32-bit word.
 *
 * <p>Cells are erased to ones, block by block, and programmed to zeros. In read-array mode harts
 * load and fetch from them directly. What changes goes to the storage at once, and is durable when
 * the cells are read again; a guest never finds the chips busy. Blocks are never locked.
 */
public final class CfiFlash implements Device {
  /** Bytes of a block of both chips: what is erased at a time. */
  static final int BLOCK_BYTES = 2 * FlashIdentity.CHIP_BLOCK_BYTES;

  /** Most bytes of both chips that are programmed by way of the write buffer, and its alignment. */
  static final int WRITE_BUFFER_BYTES = 2 * FlashIdentity.CHIP_BUFFER_BYTES;

  private static final int READ_ARRAY = 0xff;
  private static final int READ_IDENTIFIER_CODES = 0x90;
  private static final int READ_QUERY = 0x98;
  private static final int READ_STATUS_REGISTER = 0x70;
  private static final int CLEAR_STATUS_REGISTER = 0x50;
  private static final int WRITE_TO_BUFFER = 0xe8;
  private static final int WORD_PROGRAM = 0x40;
  private static final int WORD_PROGRAM_ALTERNATE = 0x10;
  private static final int BLOCK_ERASE = 0x20;
  private static final int CONFIGURATION = 0x60;
  private static final int CONFIRM = 0xd0;

  /** Status register: the write state machine is ready. */
  private static final int SR_WSMS = 0x80;

  /** Status register: erasing or unlocking failed. */
  private static final int SR_ECLBS = 0x20;

  /** Status register: programming or locking failed. */
  private static final int SR_PSLBS = 0x10;

  private static final int BOTH_CHIPS = 0x0001_0001;
  private static final int WORD_BYTES = 4;
  private static final int COUNT_MASK = 0xffff;
  private static final byte ERASED = (byte) 0xff;
  private static final int COPY_BYTES = 1 << 20;

  /** What loads return. */
  private enum Reading {
    ARRAY,
    STATUS,
    IDENTIFIER,
    QUERY
  }

  /** What the next store is taken for. */
  private enum Expected {
    COMMAND,
    PROGRAM_DATA,
    ERASE_CONFIRM,
    CONFIGURATION_CODE,
    BUFFER_COUNT,
    BUFFER_DATA,
    BUFFER_CONFIRM
  }

  private final DeviceMemory cells;
  private final BlockStorage storage;
  private final MachineControl control;
  private final byte[] buffer = new byte[WRITE_BUFFER_BYTES];
  private Reading reading = Reading.ARRAY;
  private Expected expected = Expected.COMMAND;
  private int status = SR_WSMS;
  private int wordsLeft;
  private long bufferStart;
  private boolean bufferFits;
  private boolean changed;

  private CfiFlash(DeviceMemory cells, BlockStorage storage, MachineControl control) {
    this.cells = cells;
    this.storage = storage;
    this.control = control;
    copyFromStorage();
    reset();
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "cfi-flash";
    }

    @Override
    public String description() {
      return "NOR flash with Intel's command set, as QEMU's pflash_cfi01";
    }

    @Override
    public Device create(DeviceContext context) {
      DeviceMemory cells = context.deviceMemory().orElse(null);
      BlockStorage storage = context.storage().orElse(null);
      if (cells == null || storage == null) {
        throw new VivariumException("device cfi-flash has places of its own, and needs a file");
      }
      if (storage.size() != cells.size() || cells.size() % BLOCK_BYTES != 0) {
        throw new VivariumException(
            "a flash of %d bytes cannot hold %d".formatted(cells.size(), storage.size()));
      }
      return new CfiFlash(cells, storage, context.control());
    }
  }

  /** Cells that read as zero already are left alone, so that the host need not give them memory. */
  private void copyFromStorage() {
    byte[] piece = new byte[(int) Math.min(COPY_BYTES, cells.size())];
    byte[] zeros = new byte[BLOCK_BYTES];
    try {
      for (long offset = 0; offset < cells.size(); offset += piece.length) {
        int length = (int) Math.min(piece.length, cells.size() - offset);
        storage.read(offset, MemorySegment.ofArray(piece).asSlice(0, length));
        for (int at = 0; at < length; at += BLOCK_BYTES) {
          if (!Arrays.equals(piece, at, at + BLOCK_BYTES, zeros, 0, BLOCK_BYTES)) {
            cells.write(offset + at, MemorySegment.ofArray(piece).asSlice(at, BLOCK_BYTES));
          }
        }
      }
    } catch (IOException e) {
      throw new VivariumException("flash: " + e.getMessage(), e);
    }
  }

  @Override
  public long size() {
    return cells.size();
  }

  @Override
  public long load(long offset, int width) {
    if (reading == Reading.ARRAY) {
      return cells.load(offset, width);
    }
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      long at = offset + i;
      int lane = (int) at % WORD_BYTES;
      value = value << 8 | word((int) (at / WORD_BYTES)) >>> 8 * lane & 0xff;
    }
    return value;
  }

  /** A word of both chips, when they do not answer with their cells. */
  private int word(int index) {
    int chip =
        switch (reading) {
          case ARRAY -> throw new IllegalStateException();
          case STATUS -> status;
          case IDENTIFIER -> FlashIdentity.identifier(index);
          case QUERY -> FlashIdentity.query(index, (int) (cells.size() / 2));
        };
    return chip * BOTH_CHIPS;
  }

  @Override
  public void store(long offset, int width, long value) {
    if (width > WORD_BYTES) {
      store(offset, WORD_BYTES, value);
      store(offset + WORD_BYTES, width - WORD_BYTES, value >>> Integer.SIZE);
      return;
    }
    switch (expected) {
      case COMMAND -> command((int) value & 0xff);
      case PROGRAM_DATA -> {
        byte[] data = littleEndian(value);
        program(offset, data, width);
        finish();
      }
      case ERASE_CONFIRM -> confirmErase(offset, (int) value & 0xff);
      case CONFIGURATION_CODE -> configure((int) value & 0xff);
      case BUFFER_COUNT -> beginBuffer((int) value & COUNT_MASK);
      case BUFFER_DATA -> fillBuffer(offset, width, value);
      case BUFFER_CONFIRM -> confirmBuffer((int) value & 0xff);
    }
  }

  private void command(int command) {
    switch (command) {
      case READ_IDENTIFIER_CODES -> read(Reading.IDENTIFIER);
      case READ_QUERY -> read(Reading.QUERY);
      case READ_STATUS_REGISTER -> read(Reading.STATUS);
      case CLEAR_STATUS_REGISTER -> {
        status = SR_WSMS;
        read(Reading.ARRAY);
      }
      case WORD_PROGRAM, WORD_PROGRAM_ALTERNATE -> expect(Expected.PROGRAM_DATA);
      case BLOCK_ERASE -> expect(Expected.ERASE_CONFIRM);
      case CONFIGURATION -> expect(Expected.CONFIGURATION_CODE);
      case WRITE_TO_BUFFER -> expect(Expected.BUFFER_COUNT);
      // Whoever looks for chips of other makers sends their commands, and finds cells as before.
      default -> read(Reading.ARRAY);
    }
  }

  private void read(Reading wanted) {
    if (wanted == Reading.ARRAY && changed) {
      flush();
    }
    reading = wanted;
    expected = Expected.COMMAND;
    cells.setReadable(wanted == Reading.ARRAY);
  }

  private void expect(Expected next) {
    read(Reading.STATUS);
    expected = next;
  }

  private void finish() {
    expected = Expected.COMMAND;
  }

  /** What was begun is given up: its second command was none that belongs to it. */
  private void giveUp(int command) {
    if (command == READ_ARRAY) {
      read(Reading.ARRAY);
    } else {
      failSequence();
    }
  }

  /** Both error bits: the commands were none that belong together. */
  private void failSequence() {
    status |= SR_ECLBS | SR_PSLBS;
    finish();
  }

  private void confirmErase(long offset, int command) {
    if (command != CONFIRM) {
      giveUp(command);
      return;
    }
    byte[] erased = new byte[BLOCK_BYTES];
    Arrays.fill(erased, ERASED);
    change(offset & -BLOCK_BYTES, erased, SR_ECLBS);
    finish();
  }

  /** Lock-bits are taken note of by nobody. */
  private void configure(int code) {
    if (code == READ_ARRAY) {
      read(Reading.ARRAY);
    } else {
      finish();
    }
  }

  private void beginBuffer(int lastWord) {
    if (lastWord >= WRITE_BUFFER_BYTES / WORD_BYTES) {
      failSequence();
      return;
    }
    wordsLeft = lastWord + 1;
    bufferStart = -1;
    bufferFits = true;
    Arrays.fill(buffer, ERASED);
    expected = Expected.BUFFER_DATA;
  }

  private void fillBuffer(long offset, int width, long value) {
    if (bufferStart < 0) {
      bufferStart = offset & -WRITE_BUFFER_BYTES;
    }
    int at = (int) (offset - bufferStart);
    if (offset >= bufferStart && offset - bufferStart <= WRITE_BUFFER_BYTES - width) {
      System.arraycopy(littleEndian(value), 0, buffer, at, width);
    } else {
      bufferFits = false;
    }
    if (--wordsLeft == 0) {
      expected = Expected.BUFFER_CONFIRM;
    }
  }

  private void confirmBuffer(int command) {
    if (command != CONFIRM) {
      giveUp(command);
    } else if (!bufferFits) {
      failSequence();
    } else {
      program(bufferStart, buffer, WRITE_BUFFER_BYTES);
      finish();
    }
  }

  /** Programming makes ones to zeros, and never zeros to ones. */
  private void program(long offset, byte[] data, int length) {
    byte[] programmed = new byte[length];
    cells.read(offset, MemorySegment.ofArray(programmed));
    int first = length;
    int end = 0;
    for (int i = 0; i < length; i++) {
      byte old = programmed[i];
      programmed[i] &= data[i];
      if (programmed[i] != old) {
        first = Math.min(first, i);
        end = i + 1;
      }
    }
    if (storage.readOnly()) {
      status |= SR_PSLBS;
    } else if (first < end) {
      change(offset + first, Arrays.copyOfRange(programmed, first, end), SR_PSLBS);
    }
  }

  /** The storage first: cells never hold what it does not. */
  private void change(long offset, byte[] content, int failure) {
    if (storage.readOnly()) {
      status |= failure;
      return;
    }
    MemorySegment segment = MemorySegment.ofArray(content);
    try {
      storage.write(offset, segment);
      cells.write(offset, segment);
      changed = true;
    } catch (IOException e) {
      status |= failure;
      control.complain("flash: " + e.getMessage());
    }
  }

  private void flush() {
    changed = false;
    try {
      storage.flush();
    } catch (IOException e) {
      control.complain("flash: " + e.getMessage());
    }
  }

  private static byte[] littleEndian(long value) {
    return ByteBuffer.allocate(WORD_BYTES).putInt(Integer.reverseBytes((int) value)).array();
  }

  @Override
  public void reset() {
    status = SR_WSMS;
    read(Reading.ARRAY);
  }

  /** All banks share a node, that of the first, as chips of one kind that lie side by side do. */
  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    DeviceTreeNode first = firstBank(soc);
    if (first == null) {
      Description.node(soc, placement, "flash", size(), "cfi-flash")
          .cells("bank-width", WORD_BYTES);
    } else {
      byte[] before = Objects.requireNonNull(first.properties().get("reg"));
      ByteBuffer banks = ByteBuffer.wrap(before);
      long[] reg = new long[before.length / Long.BYTES + 2];
      for (int i = 0; banks.hasRemaining(); i++) {
        reg[i] = banks.getLong();
      }
      reg[reg.length - 2] = placement.base();
      reg[reg.length - 1] = size();
      first.longs("reg", reg);
    }
  }

  private static @Nullable DeviceTreeNode firstBank(DeviceTreeNode soc) {
    return soc.children().stream()
        .filter(node -> node.name().startsWith("flash@"))
        .findFirst()
        .orElse(null);
  }
}
