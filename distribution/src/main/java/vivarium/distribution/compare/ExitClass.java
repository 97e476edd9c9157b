package vivarium.distribution.compare;

import java.util.Map;

/** Reasons for exits that belong together in a chart. */
enum ExitClass {
  PRIVILEGED("privileged instructions"),
  TABLES("accesses to page tables"),
  SHADOW("shadow and P2M misses"),
  PAGE_FAULTS("guest page faults"),
  TRAPS("other traps"),
  INTERRUPTS("interrupts"),
  DEVICES("device accesses"),
  TURNS("budget, wait, stop");

  private final String title;

  ExitClass(String title) {
    this.title = title;
  }

  /** For people. */
  String title() {
    return title;
  }

  /** The class of a reason as {@link vivarium.core.machine.Statistics#exits} names it. */
  static ExitClass of(String reason) {
    if (reason.startsWith("instruction ")) {
      return PRIVILEGED;
    }
    if (reason.startsWith("table ")) {
      return TABLES;
    }
    if (reason.endsWith(" miss")) {
      return SHADOW;
    }
    if (reason.startsWith("trap ")) {
      return reason.endsWith("page fault") ? PAGE_FAULTS : TRAPS;
    }
    if (reason.startsWith("interrupt ")) {
      return INTERRUPTS;
    }
    return reason.startsWith("device ") ? DEVICES : TURNS;
  }

  /** How many exits of this class there were. */
  long count(Map<String, Long> exits) {
    return exits.entrySet().stream()
        .filter(exit -> of(exit.getKey()) == this)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
