/** Memory strategy: two-stage walk. */
module vivarium.memory.nested {
  requires static org.jspecify;
  requires vivarium.api;
}
