package vivarium.example.xviv;

import java.lang.invoke.MethodHandles;
import java.util.List;
import vivarium.api.isa.IsaExtension;

/** The extension {@code xviv} of {@code rv64gc}. */
public final class XvivExtension implements IsaExtension {
  /** For the service loader. */
  public XvivExtension() {}

  @Override
  public String name() {
    return "xviv";
  }

  @Override
  public String description() {
    return "an example: a distance, and the privilege level, which cannot be virtualized";
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
    return List.of(Xviv.class);
  }
}
