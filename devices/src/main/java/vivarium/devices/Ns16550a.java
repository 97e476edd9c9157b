package vivarium.devices;

import vivarium.api.device.ConsolePort;
import vivarium.api.device.Device;
import vivarium.api.device.DeviceContext;
import vivarium.api.device.DevicePlacement;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.device.DeviceType;
import vivarium.api.device.InterruptLine;

/**
 * A serial port (National Semiconductor PC16550D): eight registers of 8 bits, FIFOs of 16 bytes.
 *
 * <p>What is transmitted goes to the console at once, so the transmitter is always empty. What the
 * user types stays with the console until the guest looks or asks for interrupts: then nothing is
 * lost when a driver clears the FIFOs before it is ready.
 */
public final class Ns16550a implements Device {
  /** Receiver buffer, transmitter holding register; divisor latch (low) when LCR.DLAB. */
  private static final int RBR_THR_DLL = 0;

  /** Interrupt enable; divisor latch (high) when LCR.DLAB. */
  private static final int IER_DLM = 1;

  /** Interrupt identification (read), FIFO control (write). */
  private static final int IIR_FCR = 2;

  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCR = 7;
  private static final int SIZE = 0x100;
  private static final int CLOCK_HZ = 3_686_400;

  private static final int IER_ERBFI = 0x01;
  private static final int IER_ETBEI = 0x02;
  private static final int IER_ELSI = 0x04;
  private static final int IER_EDSSI = 0x08;

  private static final int IIR_MODEM_STATUS = 0x00;
  private static final int IIR_NO_INTERRUPT = 0x01;
  private static final int IIR_THR_EMPTY = 0x02;
  private static final int IIR_DATA_AVAILABLE = 0x04;
  private static final int IIR_LINE_STATUS = 0x06;
  private static final int IIR_CHARACTER_TIMEOUT = 0x0c;
  private static final int IIR_FIFOS_ENABLED = 0xc0;

  private static final int FCR_FIFO_ENABLE = 0x01;
  private static final int FCR_RCVR_FIFO_RESET = 0x02;

  private static final int LCR_DLAB = 0x80;

  private static final int MCR_DTR = 0x01;
  private static final int MCR_RTS = 0x02;
  private static final int MCR_OUT1 = 0x04;
  private static final int MCR_OUT2 = 0x08;
  private static final int MCR_LOOP = 0x10;

  private static final int LSR_DR = 0x01;
  private static final int LSR_OE = 0x02;
  private static final int LSR_THRE = 0x20;
  private static final int LSR_TEMT = 0x40;

  private static final int MSR_TERI = 0x04;
  private static final int MSR_DELTAS = 0x0f;
  private static final int MSR_CTS = 0x10;
  private static final int MSR_DSR = 0x20;
  private static final int MSR_RI = 0x40;
  private static final int MSR_DCD = 0x80;

  private static final int FIFO_BYTES = 16;
  private static final int[] TRIGGER_LEVELS = {1, 4, 8, 14};

  private final ConsolePort console;
  private final InterruptLine interrupt;

  private final byte[] fifo = new byte[FIFO_BYTES];
  private int fifoFirst;
  private int fifoCount;
  private boolean fifosEnabled;
  private int triggerLevel;

  private int dll;
  private int dlm;
  private int ier;
  private int lcr;
  private int mcr;
  private int msr;
  private int scr;
  private boolean overrun;

  /** The THR has become empty since the guest was last told by an interrupt. */
  private boolean thrEmptied;

  private Ns16550a(DeviceContext context) {
    console = context.console();
    interrupt = context.interrupt();
    powerOn();
    console.onInput(this::updateInterrupt);
  }

  /** What the catalog finds. */
  public static final class Type implements DeviceType {
    @Override
    public String name() {
      return "ns16550a";
    }

    @Override
    public String description() {
      return "serial port with FIFOs, the machine's console";
    }

    @Override
    public Device create(DeviceContext context) {
      return new Ns16550a(context);
    }
  }

  @Override
  public long size() {
    return SIZE;
  }

  /** Registers are 8 bits: of a wider access the first byte counts. */
  @Override
  public long load(long offset, int width) {
    boolean divisorLatch = (lcr & LCR_DLAB) != 0;
    return switch ((int) offset) {
      case RBR_THR_DLL -> divisorLatch ? dll : receive();
      case IER_DLM -> divisorLatch ? dlm : ier;
      case IIR_FCR -> identifyInterrupt();
      case LCR -> lcr;
      case MCR -> mcr;
      case LSR -> lineStatus();
      case MSR -> modemStatus();
      case SCR -> scr;
      default -> 0;
    };
  }

  @Override
  public void store(long offset, int width, long value) {
    int register = (int) value & 0xff;
    boolean divisorLatch = (lcr & LCR_DLAB) != 0;
    switch ((int) offset) {
      case RBR_THR_DLL -> {
        if (divisorLatch) {
          dll = register;
        } else {
          transmit(register);
        }
      }
      case IER_DLM -> {
        if (divisorLatch) {
          dlm = register;
        } else {
          enableInterrupts(register);
        }
      }
      case IIR_FCR -> controlFifos(register);
      case LCR -> lcr = register;
      case MCR -> controlModem(register);
      case SCR -> scr = register;
      default -> {}
    }
  }

  private void transmit(int value) {
    if ((mcr & MCR_LOOP) == 0) {
      console.write(value);
    } else if (fifoCount < depth()) {
      push(value);
    } else {
      overrun = true;
    }
    thrEmptied = true;
    updateInterrupt();
  }

  private int receive() {
    fill();
    int value = 0;
    if (fifoCount > 0) {
      value = fifo[fifoFirst] & 0xff;
      fifoFirst = (fifoFirst + 1) % FIFO_BYTES;
      fifoCount--;
    }
    updateInterrupt();
    return value;
  }

  /** Takes from the console what there is and has room. */
  private void fill() {
    if ((mcr & MCR_LOOP) == 0) {
      while (fifoCount < depth() && console.available()) {
        push(console.read());
      }
    }
  }

  private void push(int value) {
    fifo[(fifoFirst + fifoCount) % FIFO_BYTES] = (byte) value;
    fifoCount++;
  }

  private int depth() {
    return fifosEnabled ? FIFO_BYTES : 1;
  }

  private int lineStatus() {
    fill();
    int status = LSR_THRE | LSR_TEMT | (fifoCount > 0 ? LSR_DR : 0) | (overrun ? LSR_OE : 0);
    overrun = false;
    updateInterrupt();
    return status;
  }

  private int modemStatus() {
    int status = msr;
    msr &= ~MSR_DELTAS;
    updateInterrupt();
    return status;
  }

  private void enableInterrupts(int value) {
    int old = ier;
    ier = value & (IER_ERBFI | IER_ETBEI | IER_ELSI | IER_EDSSI);
    if ((ier & ~old & IER_ETBEI) != 0) {
      thrEmptied = true;
    }
    updateInterrupt();
  }

  /** Reading the identification of "THR empty" withdraws that interrupt (section 8.5). */
  private int identifyInterrupt() {
    int identification = interruptOfHighestPriority();
    if (identification == IIR_THR_EMPTY) {
      thrEmptied = false;
      updateInterrupt();
    }
    return identification | (fifosEnabled ? IIR_FIFOS_ENABLED : 0);
  }

  private int interruptOfHighestPriority() {
    if ((ier & IER_ELSI) != 0 && overrun) {
      return IIR_LINE_STATUS;
    }
    if ((ier & IER_ERBFI) != 0) {
      fill();
      if (fifoCount > 0) {
        // Below the trigger level the guest is told as soon as it can be: there is no line speed.
        boolean full = !fifosEnabled || fifoCount >= triggerLevel;
        return full ? IIR_DATA_AVAILABLE : IIR_CHARACTER_TIMEOUT;
      }
    }
    if ((ier & IER_ETBEI) != 0 && thrEmptied) {
      return IIR_THR_EMPTY;
    }
    if ((ier & IER_EDSSI) != 0 && (msr & MSR_DELTAS) != 0) {
      return IIR_MODEM_STATUS;
    }
    return IIR_NO_INTERRUPT;
  }

  private void updateInterrupt() {
    interrupt.set(interruptOfHighestPriority() != IIR_NO_INTERRUPT);
  }

  private void controlFifos(int fcr) {
    boolean enable = (fcr & FCR_FIFO_ENABLE) != 0;
    if (enable != fifosEnabled || (fcr & FCR_RCVR_FIFO_RESET) != 0) {
      fifoCount = 0;
    }
    fifosEnabled = enable;
    triggerLevel = TRIGGER_LEVELS[enable ? fcr >> 6 : 0];
    updateInterrupt();
  }

  private void controlModem(int value) {
    mcr = value & 0x1f;
    int old = msr;
    int lines = modemLines();
    int changed = (old ^ lines) >> 4;
    boolean ringEnded = (old & ~lines & MSR_RI) != 0;
    msr = lines | old & MSR_DELTAS | changed & ~MSR_TERI | (ringEnded ? MSR_TERI : 0);
    updateInterrupt();
  }

  /** The modem's lines: somebody is always there; in loopback the guest hears its own outputs. */
  private int modemLines() {
    if ((mcr & MCR_LOOP) == 0) {
      return MSR_CTS | MSR_DSR | MSR_DCD;
    }
    return ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0)
        | ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((mcr & MCR_OUT1) != 0 ? MSR_RI : 0)
        | ((mcr & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private void powerOn() {
    fifoFirst = 0;
    fifoCount = 0;
    fifosEnabled = false;
    triggerLevel = 1;
    dll = 0;
    dlm = 0;
    ier = 0;
    lcr = 0;
    mcr = 0;
    msr = modemLines();
    scr = 0;
    overrun = false;
    thrEmptied = false;
  }

  @Override
  public void reset() {
    powerOn();
    updateInterrupt();
  }

  @Override
  public void describe(DeviceTreeNode soc, DevicePlacement placement) {
    Description.node(soc, placement, "serial", SIZE, "ns16550a").cells("clock-frequency", CLOCK_HZ);
  }
}
