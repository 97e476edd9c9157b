package vivarium.api.device;

/** A level-triggered interrupt line; the machine's own thread. */
@FunctionalInterface
public interface InterruptLine {
  /** Sets the level; setting the same level again does nothing. */
  void set(boolean level);
}
