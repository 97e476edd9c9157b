/** Protected page tables: the guest's own tables, in their own frames, hold machine addresses. */
module vivarium.memory.protection {
  requires vivarium.api;
  requires static org.jspecify;

  provides vivarium.api.memory.MemoryStrategy with
      vivarium.memory.protection.ProtectedStrategy;
}
