package vivarium.api.isa;

/**
 * A set of 64-bit registers that instructions name by number.
 *
 * @param name prefix of the numbered names, such as {@code x} or {@code f}
 * @param count number of registers
 * @param firstIndex index of the bank's register 0 among all registers of the hart block
 * @param hardwiredZero whether register 0 reads as zero and ignores writes
 * @param names assembly names in order, such as {@code zero, ra, sp}; empty to use numbered names
 */
public record RegisterBank(
    String name, int count, int firstIndex, boolean hardwiredZero, java.util.List<String> names) {
  /** Copies the names, so that the record is immutable. */
  public RegisterBank {
    names = java.util.List.copyOf(names);
  }

  /** The assembly name of a register. */
  public String nameOf(int number) {
    return names.isEmpty() ? name + number : names.get(number);
  }
}
