/**
 * What authors of memory strategies test with.
 *
 * <p>The map of the room: {@link vivarium.testkit.paging.PagingContract} is the door: every memory
 * strategy plays its games. {@link vivarium.testkit.paging.PagedGuest} is a guest whose page tables
 * are written by hand, {@link vivarium.testkit.paging.RandomTableActivity} two of them that do the
 * same random things, one under the strategy, one under the plain walk. For RISC-V's page tables;
 * the instruction set itself is lent by the caller. It knows {@code vivarium.api} and no test
 * framework: what is not as it must be is an {@link java.lang.AssertionError}.
 */
@NullMarked
package vivarium.testkit.paging;

import org.jspecify.annotations.NullMarked;
