/** Interpretation: pre-decoded code under one generated switch. */
module vivarium.cpu.interpretation {
  requires vivarium.api;
  requires static org.jspecify;

  provides vivarium.api.cpu.CpuStrategy with
      vivarium.cpu.interpretation.Interpretation;
}
