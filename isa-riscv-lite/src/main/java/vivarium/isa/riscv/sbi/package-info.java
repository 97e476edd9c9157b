/**
 * The built-in firmware: the Supervisor Binary Interface 2.0, served in Java at the moment of the
 * call, so that a kernel boots without a firmware blob and without M-mode. Boot installs it in each
 * hart; it knows the hart's public side and {@code vivarium.api}.
 */
@NullMarked
package vivarium.isa.riscv.sbi;

import org.jspecify.annotations.NullMarked;
