package vivarium.api.fp;

/** A result and the flags after it, as a failing test prints them. */
record Outcome(String result, int flags) {
  static Outcome of(long result, int flags) {
    return new Outcome("%016x".formatted(result), flags);
  }
}
