/** Direct execution: a deprivileged guest on a hart that the host lends, by trap and emulate. */
module vivarium.cpu.direct {
  requires vivarium.api;
  requires static org.jspecify;

  provides vivarium.api.cpu.CpuStrategy with
      vivarium.cpu.direct.DirectExecution;
}
