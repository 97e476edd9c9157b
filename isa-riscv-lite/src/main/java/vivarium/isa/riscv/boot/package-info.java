/**
 * Loading and starting: ELF files, Linux images, raw images; where the initial RAM disk and the
 * device tree go; the registers that firmware and kernels expect. {@code RiscvInstructionSet} calls
 * it once per power-on or reset.
 */
@NullMarked
package vivarium.isa.riscv.boot;

import org.jspecify.annotations.NullMarked;
