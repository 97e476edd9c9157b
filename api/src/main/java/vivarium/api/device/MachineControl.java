package vivarium.api.device;

/** How a guest ends or restarts its machine, and how the monitor hears of oddities. */
public interface MachineControl {
  /** Power off; the machine stops before the next instruction. */
  void powerOff();

  /** Cold reset requested by the guest. */
  void reset();

  /**
   * Stop with a failure that the guest reports.
   *
   * @param code the guest's own code, not 0
   */
  void fail(int code);

  /** Says something odd that the guest did, once for each distinct message. */
  void complain(String message);

  /** The console for built-in firmware. */
  ConsolePort console();
}
