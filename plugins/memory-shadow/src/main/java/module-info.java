/** Shadow page tables: V2M in the monitor's own tables, kept in step with the guest's V2P. */
module vivarium.memory.shadow {
  requires vivarium.api;
  requires static org.jspecify;

  provides vivarium.api.memory.MemoryStrategy with
      vivarium.memory.shadow.ShadowStrategy;
}
