package vivarium.api.memory;

/** What an access does to memory. */
public enum Access {
  /** A load. */
  LOAD(1),
  /** A store, or an atomic read-modify-write. */
  STORE(2),
  /** An instruction fetch. */
  FETCH(4);

  private final int mask;

  Access(int mask) {
    this.mask = mask;
  }

  /** The permission bit that allows it: load 1, store 2, fetch 4. */
  public int mask() {
    return mask;
  }
}
