/** What a plugin sees of Vivarium. */
module vivarium.api {
  requires static org.jspecify;

  exports vivarium.api;
  exports vivarium.api.cpu;
  exports vivarium.api.device;
  exports vivarium.api.fp;
  exports vivarium.api.isa;
  exports vivarium.api.memory;
}
