/** The devices of the virt board. */
module vivarium.devices {
  requires static org.jspecify;
  requires vivarium.api;
}
