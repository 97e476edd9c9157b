package vivarium.core.machine;

import java.util.Map;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.TranslationContext;

/** A hart without an instruction set: it has interrupt inputs, and nothing more. */
final class FakeHart extends Hart {
  final HartEnvironment environment;
  private volatile int pending;

  FakeHart(HartEnvironment environment) {
    super(environment);
    this.environment = environment;
  }

  @Override
  public int ready() {
    return 0;
  }

  @Override
  public void makeReady(Decoded instruction) {}

  @Override
  public void enterTrap(Trap trap, long pc) {}

  @Override
  public boolean takeInterrupt() {
    return false;
  }

  @Override
  public boolean wakes() {
    return pending != 0;
  }

  @Override
  public synchronized void setInterrupt(int number, boolean level) {
    pending = level ? pending | 1 << number : pending & ~(1 << number);
  }

  @Override
  public String mode() {
    return "M";
  }

  @Override
  public void reset() {
    pending = 0;
  }

  @Override
  public int physicalPermissions(TranslationContext context, long gpa, long length) {
    return -1;
  }

  @Override
  public Trap pageFault(Access access, long va) {
    return trap(0, va);
  }

  @Override
  public Trap accessFault(Access access, long va) {
    return trap(1, va);
  }

  @Override
  public Trap misaligned(Access access, long va) {
    return trap(2, va);
  }

  @Override
  public Trap illegal(int bits) {
    return trap(3, bits);
  }

  @Override
  public Map<String, Long> controlRegisters() {
    return Map.of();
  }
}
