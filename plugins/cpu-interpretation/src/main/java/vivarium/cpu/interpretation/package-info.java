/**
 * The interpreter, derived from the table of the instruction set. Reached only through the service
 * that the module provides; it knows {@code vivarium.api} and no instruction set.
 */
@NullMarked
package vivarium.cpu.interpretation;

import org.jspecify.annotations.NullMarked;
