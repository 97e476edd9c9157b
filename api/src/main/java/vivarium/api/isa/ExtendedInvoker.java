package vivarium.api.isa;

/** Calls the methods of a table that extends another, each set by its own generated class. */
final class ExtendedInvoker extends Invoker {
  private final Invoker base;
  private final int firstAdded;
  private final Invoker added;

  /**
   * @param firstAdded number of the first instruction that {@code added} calls
   */
  ExtendedInvoker(Invoker base, int firstAdded, Invoker added) {
    this.base = base;
    this.firstAdded = firstAdded;
    this.added = added;
  }

  @Override
  public long invoke(Decoded decoded, Hart hart, long pc) {
    Invoker of = decoded.instruction().number() < firstAdded ? base : added;
    return of.invoke(decoded, hart, pc);
  }
}
