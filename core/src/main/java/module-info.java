/** The monitor. */
module vivarium.core {
  requires static org.jspecify;
  requires transitive vivarium.api;
  requires org.slf4j;
  requires pf4j;

  exports vivarium.core;
  exports vivarium.core.console;
  exports vivarium.core.machine;
  exports vivarium.core.memory;
  exports vivarium.core.plugin;
  exports vivarium.core.schedule;
  exports vivarium.core.verify;

  uses vivarium.api.cpu.CpuStrategy;
  uses vivarium.api.cpu.HardwareHarts;
  uses vivarium.api.device.DeviceType;
  uses vivarium.api.isa.InstructionSet;
  uses vivarium.api.isa.IsaExtension;
  uses vivarium.api.memory.MemoryStrategy;
}
