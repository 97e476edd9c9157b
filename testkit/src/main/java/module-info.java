/** What plugin authors test with. */
module vivarium.testkit {
  requires static org.jspecify;
  requires static transitive org.junit.jupiter.api;
  requires transitive vivarium.api;

  exports vivarium.testkit;
  exports vivarium.testkit.device;
  exports vivarium.testkit.paging;
}
