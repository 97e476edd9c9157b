/**
 * Memory: guest-physical RAM ({@link vivarium.api.memory.GuestMemory}), the way of a load or store
 * ({@link vivarium.api.memory.Mmu}), and the strategies that decide what a TLB miss finds ({@link
 * vivarium.api.memory.MemoryStrategy}, {@link vivarium.api.memory.Paging}).
 *
 * <p>A hit is handled in {@code Mmu} or in an engine's own TLB; only a miss crosses a seam. Host
 * addresses are made here, at the TLB fill, and nowhere else.
 */
@NullMarked
package vivarium.api.memory;

import org.jspecify.annotations.NullMarked;
