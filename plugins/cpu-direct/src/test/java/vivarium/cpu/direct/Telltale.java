package vivarium.cpu.direct;

import java.lang.invoke.MethodHandles;
import java.util.List;
import vivarium.api.isa.Hart;
import vivarium.api.isa.Insn;
import vivarium.api.isa.IsaExtension;
import vivarium.api.isa.Privileged;

/** An extension with an instruction that is sensitive and does not trap. */
public final class Telltale implements IsaExtension {
  /** Tells user mode from others. */
  @Insn("000000000000 00000 000 rd 0101011")
  @Privileged(traps = false)
  public static long tell(Hart hart) {
    return hart.mode().length();
  }

  @Override
  public String name() {
    return "telltale";
  }

  @Override
  public String description() {
    return "for a test";
  }

  @Override
  public String instructionSet() {
    return "rv64gc";
  }

  @Override
  public MethodHandles.Lookup lookup() {
    return MethodHandles.lookup();
  }

  @Override
  public List<Class<?>> tables() {
    return List.of(Telltale.class);
  }
}
