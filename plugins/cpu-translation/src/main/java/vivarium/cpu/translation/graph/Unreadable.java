package vivarium.cpu.translation.graph;

/** A method that cannot be a graph; the message says why, for people. */
final class Unreadable extends Exception {
  private static final long serialVersionUID = 1L;

  Unreadable(String reason) {
    super(reason, null, false, false);
  }
}
