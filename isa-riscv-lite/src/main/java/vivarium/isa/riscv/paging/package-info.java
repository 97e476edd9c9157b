/**
 * RISC-V page tables, Sv39 and Sv48: the walk by the manual's steps, and the parts of an entry.
 * Memory strategies reach them through {@link vivarium.api.memory.TranslationContext#format}; the
 * hart names them when satp selects them. Knows nothing of harts.
 */
@NullMarked
package vivarium.isa.riscv.paging;

import org.jspecify.annotations.NullMarked;
