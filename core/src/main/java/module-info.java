/** The monitor. */
module vivarium.core {
  requires static org.jspecify;
  requires transitive vivarium.api;
  requires org.slf4j;
  requires pf4j;
}
