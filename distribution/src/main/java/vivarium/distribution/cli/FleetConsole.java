package vivarium.distribution.cli;

/** What several machines have of this process's input and output. */
interface FleetConsole extends AutoCloseable {
  /** A machine has ended; quickly, on whatever thread. */
  void ended(Seat seat);

  /** Prints what is left and gives the terminal back. */
  @Override
  void close();
}
