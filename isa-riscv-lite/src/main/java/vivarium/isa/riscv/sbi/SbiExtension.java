package vivarium.isa.riscv.sbi;

import java.util.Optional;

/** The extensions that are there, with their numbers. */
enum SbiExtension {
  BASE(0x10),
  TIME(0x54494d45),
  IPI(0x735049),
  RFENCE(0x52464e43),
  HSM(0x48534d),
  SRST(0x53525354),
  DBCN(0x4442434e);

  private static final SbiExtension[] ALL = values();

  private final int number;

  SbiExtension(int number) {
    this.number = number;
  }

  static Optional<SbiExtension> of(long number) {
    for (SbiExtension extension : ALL) {
      if (extension.number == number) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }
}
