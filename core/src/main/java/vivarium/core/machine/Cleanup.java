package vivarium.core.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Things to close, the last one first; one that fails keeps no other from being closed. */
final class Cleanup implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);

  private final Deque<AutoCloseable> things = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T thing) {
    things.push(thing);
    return thing;
  }

  @Override
  public void close() {
    while (!things.isEmpty()) {
      AutoCloseable thing = things.pop();
      try {
        thing.close();
      } catch (Exception e) {
        LOG.warn("{} was not closed properly: {}", thing, e.getMessage());
      }
    }
  }
}
