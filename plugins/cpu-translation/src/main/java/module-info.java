/** CPU strategy: binary translation. */
module vivarium.cpu.translation {
  requires static org.jspecify;
  requires vivarium.api;
}
