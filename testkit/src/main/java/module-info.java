/** What plugin authors test with. */
module vivarium.testkit {
  requires static org.jspecify;
  requires transitive vivarium.api;

  exports vivarium.testkit;
  exports vivarium.testkit.device;
  exports vivarium.testkit.paging;
}
