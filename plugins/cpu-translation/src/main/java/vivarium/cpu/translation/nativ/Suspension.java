package vivarium.cpu.translation.nativ;

/** An ACCESS or CALL site: code is suspended between two of its instructions. */
final class Suspension extends Site {
  /** What {@link Suspensions} does there. */
  final Pause pause;

  /** Offset in code memory to try again at. */
  final int retryAt;

  Suspension(Kind kind, Trace trace, int number, long pc, Pause pause, int retryAt) {
    super(kind, trace, number, pc);
    this.pause = pause;
    this.retryAt = retryAt;
  }

  /** Offset in code memory where what it was suspended for has been done. */
  int doneAt() {
    return retryAt + pause.doneAfter;
  }
}
