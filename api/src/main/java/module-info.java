/** What a plugin sees of Vivarium. */
module vivarium.api {
  requires static org.jspecify;

  exports vivarium.api;
}
