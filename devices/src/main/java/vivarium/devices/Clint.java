package vivarium.devices;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.Clock;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.isa.Hart;

/**
 * SiFive's core-local interruptor (FU540-C000 Manual, chapter 9): software and timer interrupts of
 * machine mode.
 *
 * <p>Writing {@code mtime} shifts the time that is compared and read here only; the harts' {@code
 * time} goes on as the machine's clock.
 */
public final class Clint implements Device {
  private static final int MSIP_BASE = 0x0;
  private static final int MTIMECMP_BASE = 0x4000;
  private static final int MTIME = 0xbff8;
  private static final int SIZE = 0x1_0000;

  /** Bits of {@code mip}. */
  private static final int MSIP = 3;

  private static final int MTIP = 7;

  private final List<Hart> harts;
  private final Clock clock;
  private final boolean[] msip;
  private final long[] mtimecmp;
  private final List<Clock.Timer> timers;
  private long mtimeOffset;

  private Clint(DeviceContext context) {
    harts = List.copyOf(context.harts());
    clock = context.clock();
    msip = new boolean[harts.size()];
    mtimecmp = new long[harts.size()];
    timers = new ArrayList<>(harts.size());
    for (int i = 0; i < harts.size(); i++) {
      int hart = i;
      mtimecmp[i] = -1;
      timers.add(clock.newTimer(() -> compare(hart)));
    }
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "clint";
    }

    @Override
    public String description() {
      return "SiFive core-local interruptor: machine timer and software interrupts";
    }

    @Override
    public Device create(DeviceContext context) {
      return new Clint(context);
    }
  }

  @Override
  public long size() {
    return SIZE;
  }

  @Override
  public long load(long offset, int width) {
    int withinDoubleword = (int) offset & 7;
    if (withinDoubleword + width > 8) {
      return 0;
    }
    return doubleword((int) offset & ~7) >>> 8 * withinDoubleword;
  }

  private long doubleword(int offset) {
    if (offset == MTIME) {
      return mtime();
    }
    int timer = offset - MTIMECMP_BASE >> 3;
    if (timer >= 0) {
      return timer < mtimecmp.length ? mtimecmp[timer] : 0;
    }
    int hart = offset - MSIP_BASE >> 2;
    return software(hart) | software(hart + 1) << Integer.SIZE;
  }

  private long software(int hart) {
    return hart < msip.length && msip[hart] ? 1 : 0;
  }

  @Override
  public void store(long offset, int width, long value) {
    int at = (int) offset;
    if (width < 4 || at % width != 0) {
      return;
    }
    if ((at & ~7) == MTIME) {
      mtimeOffset = merge(mtime(), at, width, value) - clock.ticks();
      for (int hart = 0; hart < mtimecmp.length; hart++) {
        compare(hart);
      }
    } else if (at >= MTIMECMP_BASE) {
      int hart = at - MTIMECMP_BASE >> 3;
      if (hart < mtimecmp.length) {
        mtimecmp[hart] = merge(mtimecmp[hart], at, width, value);
        compare(hart);
      }
    } else {
      int hart = at - MSIP_BASE >> 2;
      setSoftware(hart, value);
      if (width == 8) {
        setSoftware(hart + 1, value >>> Integer.SIZE);
      }
    }
  }

  private static long merge(long old, int offset, int width, long value) {
    if (width == 8) {
      return value;
    }
    return (offset & 4) == 0
        ? old & 0xffff_ffff_0000_0000L | value & 0xffff_ffffL
        : old & 0xffff_ffffL | value << Integer.SIZE;
  }

  private void setSoftware(int hart, long value) {
    if (hart < msip.length) {
      msip[hart] = (value & 1) != 0;
      harts.get(hart).setInterrupt(MSIP, msip[hart]);
    }
  }

  private long mtime() {
    return clock.ticks() + mtimeOffset;
  }

  /** Sets a hart's timer interrupt, and the timer for when that will change. */
  private void compare(int hart) {
    long now = clock.ticks();
    boolean reached = Long.compareUnsigned(now + mtimeOffset, mtimecmp[hart]) >= 0;
    harts.get(hart).setInterrupt(MTIP, reached);
    long deadline = mtimecmp[hart] - mtimeOffset;
    boolean beyondClock = deadline < now;
    if (reached || beyondClock) {
      timers.get(hart).cancel();
    } else {
      timers.get(hart).at(deadline);
    }
  }

  @Override
  public void reset() {
    // mtime goes on: it is to agree with the harts' time, which does.
    mtimeOffset = 0;
    for (int hart = 0; hart < msip.length; hart++) {
      setSoftware(hart, 0);
      mtimecmp[hart] = -1;
      compare(hart);
    }
  }

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    DeviceTreeNode node =
        Description.node(soc, placement, "clint", SIZE, "sifive,clint0", "riscv,clint0");
    Description.hartInterrupts(node, placement.hartControllers(), MSIP, MTIP);
  }
}
