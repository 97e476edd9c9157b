/** Nested paging: on each miss, the guest's own tables are walked and P2M applied. */
module vivarium.memory.nested {
  requires vivarium.api;
  requires static org.jspecify;

  provides vivarium.api.memory.MemoryStrategy with
      vivarium.memory.nested.NestedStrategy;
}
