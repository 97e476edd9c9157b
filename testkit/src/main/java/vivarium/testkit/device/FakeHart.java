package vivarium.testkit.device;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.TranslationContext;

/** A hart that executes nothing: it notes the level of its interrupt inputs. */
public final class FakeHart extends Hart {
  private final Set<Integer> raised = new TreeSet<>();

  FakeHart(HartEnvironment environment) {
    super(environment);
  }

  /** The interrupt inputs that are high. */
  public Set<Integer> raised() {
    return Set.copyOf(raised);
  }

  @Override
  public void setInterrupt(int number, boolean level) {
    if (level) {
      raised.add(number);
    } else {
      raised.remove(number);
    }
  }

  @Override
  public int ready() {
    return 0;
  }

  @Override
  public void makeReady(Decoded instruction) {
    throw executesNothing();
  }

  @Override
  public void enterTrap(Trap trap, long pc) {
    throw executesNothing();
  }

  @Override
  public boolean takeInterrupt() {
    return false;
  }

  @Override
  public boolean wakes() {
    return !raised.isEmpty();
  }

  @Override
  public String mode() {
    return "M";
  }

  @Override
  public void reset() {
    raised.clear();
  }

  @Override
  public int physicalPermissions(TranslationContext context, long gpa, long length) {
    return Access.LOAD.mask() | Access.STORE.mask() | Access.FETCH.mask();
  }

  @Override
  public Trap pageFault(Access access, long va) {
    throw executesNothing();
  }

  @Override
  public Trap accessFault(Access access, long va) {
    throw executesNothing();
  }

  @Override
  public Trap misaligned(Access access, long va) {
    throw executesNothing();
  }

  @Override
  public Trap illegal(int bits) {
    throw executesNothing();
  }

  private static UnsupportedOperationException executesNothing() {
    return new UnsupportedOperationException("this hart executes nothing");
  }

  @Override
  public Map<String, Long> controlRegisters() {
    return Map.of();
  }
}
