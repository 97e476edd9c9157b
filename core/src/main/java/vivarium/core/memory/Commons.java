package vivarium.core.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import vivarium.api.cpu.HostPowers;

/** What engines of several machines of this process have in common; any thread. */
final class Commons {
  private static final Commons OF_PROCESS = new Commons();

  private static final class Holding {
    final AutoCloseable thing;
    final HostLoan loan;
    int users;

    Holding(AutoCloseable thing, HostLoan loan) {
      this.thing = thing;
      this.loan = loan;
    }
  }

  private final Map<Object, Holding> holdings = new HashMap<>();

  private Commons() {}

  static Commons ofProcess() {
    return OF_PROCESS;
  }

  /** The thing under a key, made if nobody has it; to be given back once for each time. */
  @SuppressWarnings("unchecked") // a key stands for things of one type: HostPowers.common
  synchronized <T extends AutoCloseable> T take(Object key, Function<HostPowers, T> maker) {
    Holding held = holdings.get(key);
    if (held == null) {
      held = make(maker);
      holdings.put(key, held);
    }
    held.users++;
    return (T) held.thing;
  }

  private static Holding make(Function<HostPowers, ? extends AutoCloseable> maker) {
    HostLoan loan = new HostLoan();
    try {
      return new Holding(maker.apply(loan), loan);
    } catch (Throwable e) {
      loan.close();
      throw e;
    }
  }

  /** One that has it needs it no more. */
  synchronized void giveBack(Object key) {
    Holding held = holdings.get(key);
    if (held == null || --held.users > 0) {
      return;
    }
    holdings.remove(key);
    try (HostLoan _ = held.loan) {
      held.thing.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
