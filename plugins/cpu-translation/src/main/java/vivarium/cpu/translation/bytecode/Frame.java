package vivarium.cpu.translation.bytecode;

/** What goes in and out of code beside the registers. */
final class Frame {
  /** Where to go on; after an exception, the instruction that threw. */
  long pc;

  /** Steps left; whoever runs code takes off those completed. */
  long budget;
}
