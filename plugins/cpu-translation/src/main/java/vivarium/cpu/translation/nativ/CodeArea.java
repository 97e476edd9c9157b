package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import vivarium.api.cpu.CodeMemory;
import vivarium.cpu.translation.x64.X64Assembler;

/** Code memory, given out from its start until it is full, and then all anew. */
final class CodeArea implements AutoCloseable {
  private static final int ALIGNMENT = 16;

  private final CodeMemory memory;
  private final MemorySegment writable;
  private int first;
  private int next;

  CodeArea(CodeMemory memory) {
    this.memory = memory;
    writable = memory.writable();
  }

  /** Offset where the next piece of code goes. */
  int next() {
    return next;
  }

  /** Whether a piece of this size fits. */
  boolean hasRoom(int bytes) {
    return next + (long) bytes <= writable.byteSize();
  }

  /** Takes in the code at {@link #next()}. */
  void append(X64Assembler asm) {
    asm.copyTo(writable, next);
    next = next + asm.position() + ALIGNMENT - 1 & -ALIGNMENT;
  }

  /** What has been appended so far is never given up. */
  void keep() {
    first = next;
  }

  /** Gives up all code but what is kept. */
  void clear() {
    next = first;
  }

  /** Bytes in use. */
  int used() {
    return next;
  }

  /** Makes the jump whose displacement is at an offset lead to another offset. */
  void patch(int at, int target) {
    writable.set(ValueLayout.JAVA_INT_UNALIGNED, at, target - (at + Integer.BYTES));
  }

  /** Replaces a constant of 64 bits in the code. */
  void patchLong(int at, long value) {
    writable.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  /** Host address at which an offset is executed. */
  long address(int offset) {
    return memory.executableAddress() + offset;
  }

  /** A piece of code, for listings. */
  byte[] bytes(int offset, int length) {
    return writable.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Gives back the memory. */
  @Override
  public void close() {
    memory.close();
  }
}
