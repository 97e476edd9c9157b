/**
 * The instructions of RV64GC with Zba, Zbb, Zbs and Zicond: one class for each extension, one
 * method for each instruction, the encoding above it as the unprivileged manual (20191213, chapter
 * 24; bit manipulation 1.0.0) prints it. {@link vivarium.isa.riscv.insn.RiscvTable} reads them.
 *
 * <p>Called by generated code of the engines, on the hart's thread, and read as bytecode by the
 * binary translator; nothing here calls an engine. All methods are total: what is no instruction
 * has no encoding here, and what may trap does so in {@link vivarium.api.memory.Mmu} or {@link
 * vivarium.isa.riscv.RiscvHart}.
 */
@NullMarked
package vivarium.isa.riscv.insn;

import org.jspecify.annotations.NullMarked;
