/**
 * Devices of the Virtual I/O Device specification 1.2, which guests know to be virtual.
 *
 * <p>{@link vivarium.devices.virtio.VirtioMmio} is the transport: registers, device status, feature
 * negotiation, interrupt. A {@link vivarium.devices.virtio.VirtioDevice} is what it carries: a
 * disk, a source of randomness. Between them, everything a guest can lie about in memory is
 * confined to {@link vivarium.devices.virtio.VirtQueue} (a split virtqueue's rings) and {@link
 * vivarium.devices.virtio.DescriptorChain} (one request's buffers): after these have accepted it,
 * each buffer is RAM. What they refuse is a {@link vivarium.devices.virtio.Violation}, after which
 * the device asks to be reset; it never reaches the monitor.
 *
 * <p>Requests are served while the guest's notification is, on the machine's own thread, so that a
 * machine in deterministic mode sees them at the same instruction each time.
 */
@NullMarked
package vivarium.devices.virtio;

import org.jspecify.annotations.NullMarked;
