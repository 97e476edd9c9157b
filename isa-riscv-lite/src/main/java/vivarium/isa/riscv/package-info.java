/**
 * RV64GC as one table of Java methods. Reached only through the services that the module provides;
 * it knows {@code vivarium.api} and nothing else.
 */
@NullMarked
package vivarium.isa.riscv;

import org.jspecify.annotations.NullMarked;
