/** CPU strategy: interpretation. */
module vivarium.cpu.interpretation {
  requires static org.jspecify;
  requires vivarium.api;
}
