package vivarium.devices;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.InterruptController;
import vivarium.api.device.InterruptLine;
import vivarium.api.isa.Hart;

/**
 * The platform-level interrupt controller (RISC-V PLIC Specification 1.0.0) with the virt board's
 * 96 source numbers, of which 0 does not exist, and two contexts for each hart: machine mode and
 * supervisor mode.
 *
 * <p>Gateways are level-triggered: a request is forwarded when the line is high and none of that
 * source is pending or being served; it stays pending until claimed even if the line falls.
 */
public final class Plic implements InterruptController {
  private static final int SOURCES = 96;
  private static final int WORDS = SOURCES / Integer.SIZE;
  private static final int MAX_PRIORITY = 7;

  private static final int PRIORITY_BASE = 0x0;
  private static final int PENDING_BASE = 0x1000;
  private static final int ENABLE_BASE = 0x2000;
  private static final int ENABLE_STRIDE = 0x80;
  private static final int CONTEXT_BASE = 0x20_0000;
  private static final int CONTEXT_STRIDE = 0x1000;
  private static final int THRESHOLD = 0;
  private static final int CLAIM_COMPLETE = 4;
  private static final int SIZE = 0x60_0000;

  /** Bits of {@code mip}. */
  private static final int MEIP = 11;

  private static final int SEIP = 9;

  private final List<Hart> harts;
  private final int contexts;
  private final int[] priority = new int[SOURCES];
  private final int[] lines = new int[WORDS];
  private final int[] pending = new int[WORDS];
  private final int[] inService = new int[WORDS];
  private final int[] enable;
  private final int[] threshold;
  private final boolean[] notified;
  private @Nullable DeviceTreeNode node;

  private Plic(DeviceContext context) {
    harts = List.copyOf(context.harts());
    contexts = 2 * harts.size();
    if (contexts > (SIZE - CONTEXT_BASE) / CONTEXT_STRIDE) {
      throw new VivariumException("plic: too many harts: " + harts.size() + ", at most 512");
    }
    enable = new int[contexts * WORDS];
    threshold = new int[contexts];
    notified = new boolean[contexts];
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "plic";
    }

    @Override
    public String description() {
      return "RISC-V platform-level interrupt controller, 95 sources";
    }

    @Override
    public Device create(DeviceContext context) {
      return new Plic(context);
    }
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public InterruptLine line(int source) {
    if (source < 1 || source >= SOURCES) {
      throw new VivariumException("plic: no interrupt source " + source + ", there are 1 to 95");
    }
    return level -> setLine(source, level);
  }

  private void setLine(int source, boolean level) {
    if (isSet(lines, source) != level) {
      set(lines, source, level);
      forward(source);
      update();
    }
  }

  /** The gateway of a source. */
  private void forward(int source) {
    if (isSet(lines, source) && !isSet(inService, source)) {
      set(pending, source, true);
    }
  }

  @Override
  public long load(long offset, int width) {
    int at = (int) offset;
    if (width != 4 || (at & 3) != 0) {
      return 0;
    }
    if (at >= CONTEXT_BASE) {
      int context = (at - CONTEXT_BASE) / CONTEXT_STRIDE;
      if (context >= contexts) {
        return 0;
      }
      return switch (at % CONTEXT_STRIDE) {
        case THRESHOLD -> threshold[context];
        case CLAIM_COMPLETE -> claim(context);
        default -> 0;
      };
    }
    if (at >= ENABLE_BASE) {
      int word = enableWord(at);
      return word < 0 ? 0 : enable[word];
    }
    if (at >= PENDING_BASE) {
      int word = at - PENDING_BASE >> 2;
      return word < WORDS ? pending[word] : 0;
    }
    int source = at - PRIORITY_BASE >> 2;
    return source < SOURCES ? priority[source] : 0;
  }

  @Override
  public void store(long offset, int width, long value) {
    int at = (int) offset;
    if (width != 4 || (at & 3) != 0) {
      return;
    }
    if (at >= CONTEXT_BASE) {
      storeContext((at - CONTEXT_BASE) / CONTEXT_STRIDE, at % CONTEXT_STRIDE, (int) value);
    } else if (at >= ENABLE_BASE) {
      int word = enableWord(at);
      if (word >= 0) {
        boolean holdsSource0 = word % WORDS == 0;
        enable[word] = (int) value & (holdsSource0 ? ~1 : ~0);
      }
    } else if (at < PENDING_BASE) {
      int source = at - PRIORITY_BASE >> 2;
      if (source > 0 && source < SOURCES) {
        priority[source] = (int) value & MAX_PRIORITY;
      }
    }
    update();
  }

  private void storeContext(int context, int register, int value) {
    if (context >= contexts) {
      return;
    }
    if (register == THRESHOLD) {
      threshold[context] = value & MAX_PRIORITY;
    } else if (register == CLAIM_COMPLETE) {
      complete(context, value);
    }
  }

  /** Index of the word of enable bits at an offset, -1 if there is none. */
  private int enableWord(int offset) {
    int context = (offset - ENABLE_BASE) / ENABLE_STRIDE;
    int word = (offset - ENABLE_BASE) % ENABLE_STRIDE >> 2;
    return context < contexts && word < WORDS ? context * WORDS + word : -1;
  }

  /** Section "Interrupt Claim Process": the threshold does not matter here. */
  private int claim(int context) {
    int source = best(context);
    if (source != 0) {
      set(pending, source, false);
      set(inService, source, true);
      update();
    }
    return source;
  }

  /** Section "Interrupt Completion": ignored unless the source is enabled for the context. */
  private void complete(int context, int source) {
    boolean known = source > 0 && source < SOURCES;
    if (known && (enable[context * WORDS + (source >> 5)] >>> source & 1) != 0) {
      set(inService, source, false);
      forward(source);
    }
  }

  /**
   * The pending and enabled source of the highest priority, the lowest number first; 0 for none.
   */
  private int best(int context) {
    int best = 0;
    for (int word = 0; word < WORDS; word++) {
      int candidates = pending[word] & enable[context * WORDS + word];
      for (; candidates != 0; candidates &= candidates - 1) {
        int source = word * Integer.SIZE + Integer.numberOfTrailingZeros(candidates);
        if (priority[source] > priority[best]) {
          best = source;
        }
      }
    }
    return best;
  }

  private void update() {
    for (int context = 0; context < contexts; context++) {
      boolean notify = priority[best(context)] > threshold[context];
      if (notified[context] != notify) {
        notified[context] = notify;
        notifyHart(context);
      }
    }
  }

  private void notifyHart(int context) {
    harts.get(context >> 1).setInterrupt((context & 1) == 0 ? MEIP : SEIP, notified[context]);
  }

  private static boolean isSet(int[] bits, int source) {
    return (bits[source >> 5] >>> source & 1) != 0;
  }

  private static void set(int[] bits, int source, boolean value) {
    if (value) {
      bits[source >> 5] |= 1 << source;
    } else {
      bits[source >> 5] &= ~(1 << source);
    }
  }

  @Override
  public void reset() {
    // The lines are the other devices' and keep their level until those are reset.
    Arrays.fill(priority, 0);
    Arrays.fill(pending, 0);
    Arrays.fill(inService, 0);
    Arrays.fill(enable, 0);
    Arrays.fill(threshold, 0);
    Arrays.fill(notified, false);
    for (int source = 1; source < SOURCES; source++) {
      forward(source);
    }
    for (int context = 0; context < contexts; context++) {
      notifyHart(context);
    }
  }

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    DeviceTreeNode plic =
        Description.node(soc, placement, "plic", SIZE, "sifive,plic-1.0.0", "riscv,plic0");
    plic.flag("interrupt-controller").cells("#interrupt-cells", 1).cells("#address-cells", 0);
    plic.cells("riscv,ndev", SOURCES);
    Description.hartInterrupts(plic, placement.hartControllers(), MEIP, SEIP);
    node = plic;
  }

  @Override
  public DeviceTreeNode node() {
    return Objects.requireNonNull(node, "not described yet");
  }
}
