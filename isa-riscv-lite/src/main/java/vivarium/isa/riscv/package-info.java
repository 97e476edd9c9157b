/**
 * RV64GC: the privileged side of the architecture. {@code RiscvInstructionSet} is what the module
 * provides and all that others reach; {@code RiscvHart} is a hart, {@code CsrTable} its control and
 * status registers. The instructions are in {@code insn}, page tables in {@code paging}, loading in
 * {@code boot}, built-in firmware in {@code sbi}. It knows {@code vivarium.api} and nothing else.
 */
@NullMarked
package vivarium.isa.riscv;

import org.jspecify.annotations.NullMarked;
