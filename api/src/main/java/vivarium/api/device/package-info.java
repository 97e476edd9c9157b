/**
 * Devices and what they are lent: {@link vivarium.api.device.DeviceType} is what a plugin provides,
 * {@link vivarium.api.device.Device} sees offsets into its own region, {@link
 * vivarium.api.device.DeviceContext} gives it interrupts, time, DMA, console and storage.
 *
 * <p>Everything runs on the machine's own thread.
 */
@NullMarked
package vivarium.api.device;

import org.jspecify.annotations.NullMarked;
