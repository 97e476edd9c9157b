package vivarium.core.plugin;

import java.util.function.Function;
import vivarium.api.cpu.CpuStrategy;
import vivarium.api.cpu.HardwareHarts;
import vivarium.api.device.DeviceType;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.IsaExtension;
import vivarium.api.memory.MemoryStrategy;

/** What a plugin can provide. */
public enum PluginKind {
  /** An instruction set. */
  ISA("isa", InstructionSet.class, provider -> ((InstructionSet) provider).name()),
  /** A way of virtualizing the processor. */
  CPU("cpu", CpuStrategy.class, provider -> ((CpuStrategy) provider).name()),
  /** A way of virtualizing memory. */
  MEMORY("memory", MemoryStrategy.class, provider -> ((MemoryStrategy) provider).name()),
  /** A kind of device. */
  DEVICE("device", DeviceType.class, provider -> ((DeviceType) provider).name()),
  /** Harts of the host that guest code can be executed on directly. */
  HART("hart", HardwareHarts.class, provider -> ((HardwareHarts) provider).name()),
  /** An extension of an instruction set. */
  EXTENSION("extension", IsaExtension.class, provider -> ((IsaExtension) provider).name());

  private final String word;
  private final Class<?> service;
  private final Function<Object, String> nameOf;

  PluginKind(String word, Class<?> service, Function<Object, String> nameOf) {
    this.word = word;
    this.service = service;
    this.nameOf = nameOf;
  }

  /** The word for people: {@code isa}, {@code cpu}, {@code memory}, {@code device}... */
  public String word() {
    return word;
  }

  /** The interface that providers of this kind implement. */
  Class<?> service() {
    return service;
  }

  /** The name by which a provider of this kind is chosen. */
  String nameOf(Object provider) {
    return nameOf.apply(provider);
  }
}
