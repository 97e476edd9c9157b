package vivarium.cpu.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vivarium.api.isa.Instruction;

/** Which instructions are opaque, and why. */
class OpaqueInstructionsTest {
  private final Templates templates = Templates.of(Pair.ISA.table());

  @Test
  void onlyPrivilegedAndSystemInstructionsAreOpaque() {
    assertThat(
            Pair.ISA.table().instructions().stream()
                .filter(one -> templates.template(one) == null)
                .map(one -> one.name() + ": " + templates.reason(one)))
        .containsExactlyInAnyOrder(
            "csrr: it takes the hart",
            "csrrc: it takes the hart",
            "csrrci: it takes the hart",
            "csrrs: it takes the hart",
            "csrrsi: it takes the hart",
            "csrrw: it takes the hart",
            "csrrwi: it takes the hart",
            "csrw: it takes the hart",
            "csrwi: it takes the hart",
            "ebreak: it takes the hart",
            "ecall: it takes the hart",
            "fence.i: it takes the hart",
            "mret: it takes the hart",
            "sfence.vma: it takes the hart",
            "sret: it takes the hart",
            "wfi: it takes the hart");
  }

  @Test
  void aTranslatedInstructionHasNoReason() {
    for (Instruction instruction : Pair.ISA.table().instructions()) {
      assertThat(templates.reason(instruction) == null)
          .as(instruction.name())
          .isEqualTo(templates.template(instruction) != null);
    }
  }
}
