/**
 * The monitor: virtual machines, machine memory, bus, clock, assembly and the plugin catalog. The
 * launcher and embedders call it; it knows {@code vivarium.api}, and PF4J in one package only.
 */
@NullMarked
package vivarium.core;

import org.jspecify.annotations.NullMarked;
