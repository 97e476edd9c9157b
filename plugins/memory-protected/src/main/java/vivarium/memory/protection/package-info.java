/**
 * The protected memory strategy, also called direct paging. {@link
 * vivarium.memory.protection.ProtectedPaging} answers TLB misses by walking the guest's own tables,
 * in which {@link vivarium.memory.protection.TablePages} has put machine addresses: it keeps the
 * types of pages and their references, and stands between the guest and its tables. {@link
 * vivarium.memory.protection.TablePage} is one of these; {@link
 * vivarium.memory.protection.MachineView} and {@link vivarium.api.memory.GuestTables} are the
 * tables as the MMU reads them and as the guest believes them to be; {@link
 * vivarium.api.memory.WalkerProtection} says which pages the MMU may walk. Reached only through the
 * service that the module provides; it knows {@code vivarium.api}, and of page-table entries only
 * what a {@link vivarium.api.memory.PageTableFormat} says.
 */
@NullMarked
package vivarium.memory.protection;

import org.jspecify.annotations.NullMarked;
