package vivarium.cpu.translation.nativ;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.GuestMemory;

/**
 * Emitted code that machines at rest have in common: traces of pages that all of them have, at one
 * virtual address and with the same bytes in them. Emitted code names nothing of a machine but by
 * way of its hart block, so it serves whoever has such a page.
 *
 * <p>It is made from copies of the pages, so no machine's stores reach it; which machine still has
 * a page is the machine's affair ({@link CommonTranslator}). Used by one thread at a time, which
 * holds the lock from before it looks for code until after it has left it.
 */
final class CommonCode implements AutoCloseable {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;

  /** Pages remembered at most: 64 MiB of copies. */
  static final int MAX_PAGES = 1 << 14;

  /**
   * Engines with equal ones may run each other's code.
   *
   * @param instructionSet one and the same
   * @param options of the strategy
   */
  record Key(InstructionSet instructionSet, Map<String, String> options) {}

  /**
   * Bytes of code by what they are and at which virtual address: a whole page, or an instruction
   * that begins in one page and ends in the next.
   */
  private static final class Piece {
    final long va;
    final byte[] bytes;
    private final int hash;

    /** Number of the page among the copies that it begins in. */
    int number;

    Piece(long va, byte[] bytes) {
      this.va = va;
      this.bytes = bytes;
      hash = 31 * Arrays.hashCode(bytes) + Long.hashCode(va);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Piece piece && piece.va == va && Arrays.equals(piece.bytes, bytes);
    }

    int pages() {
      return bytes.length + ((int) va & PAGE_BYTES - 1) > PAGE_BYTES ? 2 : 1;
    }
  }

  /** Fair, since a machine that is about to wake up takes it again and again. */
  private final ReentrantLock lock = new ReentrantLock(true);

  private final Prepared prepared;
  private final TraceMaker maker;
  private final Map<Piece, Piece> pieces = new HashMap<>();
  private final @Nullable Piece[] pages = new Piece[MAX_PAGES];
  private int pageCount;
  private int era;

  CommonCode(HostPowers host, Key key) {
    prepared = NativeBackEnd.prepare(host, key.instructionSet(), key.options());
    TraceCache traces = new TraceCache(new Copies(), prepared.area());
    maker = new TraceMaker(key.instructionSet(), key.options(), prepared, traces);
  }

  /** The copies as pages: nobody writes to them. */
  private static final class Copies implements TraceCache.Pages {
    @Override
    public int count() {
      return MAX_PAGES;
    }

    @Override
    public int number(long address) {
      return (int) (address / PAGE_BYTES);
    }

    @Override
    public void watch(long page) {}

    @Override
    public void unwatch(long page) {}
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  Prepared prepared() {
    return prepared;
  }

  TraceMaker maker() {
    return maker;
  }

  /** Changes when all pages have been forgotten. */
  int era() {
    return era;
  }

  /**
   * The address, among the copies, of a whole page or of an instruction across the end of one.
   *
   * @param va of the first byte
   * @param bytes copied from the guest; kept
   */
  long addressOf(long va, byte[] bytes) {
    Piece wanted = new Piece(va, bytes);
    Piece known = pieces.get(wanted);
    if (known == null) {
      if (pageCount + wanted.pages() > MAX_PAGES) {
        clear();
      }
      known = wanted;
      known.number = pageCount;
      for (int i = 0; i < known.pages(); i++) {
        pages[pageCount++] = known;
      }
      pieces.put(known, known);
    }
    return (long) known.number * PAGE_BYTES + (va & PAGE_BYTES - 1);
  }

  private void clear() {
    maker.clear();
    pieces.clear();
    Arrays.fill(pages, null);
    pageCount = 0;
    era++;
  }

  /** Little-endian bits of the copies. */
  long load(long address, int bytes) {
    Piece piece = pages[(int) (address / PAGE_BYTES)];
    if (piece == null) {
      throw new IllegalStateException("nothing is copied to " + address);
    }
    int at = (int) (address - (long) piece.number * PAGE_BYTES - (piece.va & PAGE_BYTES - 1));
    long bits = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      bits = bits << 8 | piece.bytes[at + i] & 0xff;
    }
    return bits;
  }

  @Override
  public void close() {
    maker.close();
    prepared.area().close();
  }
}
