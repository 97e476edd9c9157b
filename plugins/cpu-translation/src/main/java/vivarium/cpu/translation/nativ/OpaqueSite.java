package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Invoker;

/** An OPAQUE site: an instruction that is called, and where it led. */
final class OpaqueSite extends Site {
  /** What to call. */
  final Decoded decoded;

  /** What calls it; found when it is first called. */
  @Nullable Invoker invoker;

  /** Where the instruction led last. */
  long nextPc;

  /** The code for {@link #nextPc}. */
  long next;

  /** The table that {@link #next} is from. */
  @Nullable JumpTable nextJumps;

  /** What {@link JumpTable#version} was then. */
  int nextVersion;

  OpaqueSite(Trace trace, int number, long pc, Decoded decoded) {
    super(Kind.OPAQUE, trace, number, pc);
    this.decoded = decoded;
  }
}
