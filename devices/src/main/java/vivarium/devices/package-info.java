/**
 * What a guest sees on its bus. Reached only through the services that the module provides; it
 * knows offsets into its own regions, never addresses, and {@code vivarium.api}.
 */
@NullMarked
package vivarium.devices;

import org.jspecify.annotations.NullMarked;
