/**
 * What a guest sees on its bus. Reached only through the services that the module provides (each
 * device's {@code Type}); it knows offsets into its own regions, never addresses, and {@code
 * vivarium.api}.
 *
 * <p>One file, one device, named as its compatible string or manual says; {@code virtio} is a room
 * of its own. Registers and bits have their datasheets' names. A guest may do anything to any
 * register: what makes no sense is ignored.
 */
@NullMarked
package vivarium.devices;

import org.jspecify.annotations.NullMarked;
