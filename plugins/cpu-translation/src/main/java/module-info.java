/** CPU strategy: binary translation. */
module vivarium.cpu.translation {
  requires static org.jspecify;
  requires vivarium.api;

  provides vivarium.api.cpu.CpuStrategy with
      vivarium.cpu.translation.Translation,
      vivarium.cpu.translation.NativeTranslation,
      vivarium.cpu.translation.BytecodeTranslation;
}
