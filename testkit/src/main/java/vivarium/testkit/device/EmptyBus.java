package vivarium.testkit.device;

import vivarium.api.device.Bus;

/** A bus without devices. Safe from any thread. */
public final class EmptyBus implements Bus {
  /** Makes one. */
  public EmptyBus() {}

  @Override
  public boolean covers(long gpa, int width) {
    return false;
  }

  @Override
  public long load(long gpa, int width) {
    return 0;
  }

  @Override
  public void store(long gpa, int width, long value) {}
}
