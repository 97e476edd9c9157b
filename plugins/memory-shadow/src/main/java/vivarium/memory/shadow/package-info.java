/**
 * The shadow memory strategy. {@link vivarium.memory.shadow.ShadowPaging} answers TLB misses from
 * the monitor's tables; {@link vivarium.memory.shadow.ShadowTables} fills these and carries the
 * guest's table writes over; {@link vivarium.memory.shadow.ShadowTable} is one of them, {@link
 * vivarium.memory.shadow.GuestPath} what a walk of the guest's own tables read. Reached only
 * through the service that the module provides; it knows {@code vivarium.api}, and of page-table
 * entries only what a {@link vivarium.api.memory.PageTableFormat} says.
 */
@NullMarked
package vivarium.memory.shadow;

import org.jspecify.annotations.NullMarked;
