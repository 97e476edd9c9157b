/**
 * The binary translator: front end and back ends. Reached only through the service that the module
 * provides; it knows {@code vivarium.api} and no instruction set.
 */
@NullMarked
package vivarium.cpu.translation;

import org.jspecify.annotations.NullMarked;
