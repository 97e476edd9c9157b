/**
 * The ready guests: stock operating systems that are fetched once, checked, and kept.
 *
 * <p>The map of the room: {@link vivarium.distribution.guests.GuestCatalog} is the door and all
 * that the command line calls. Behind it, a {@code PackageSource} finds a Debian mirror ({@code
 * AptSources}), the way to it ({@code Proxies}, {@code HostTrust}) and brings {@code .deb} files
 * ({@code Downloader}, {@code PackagesIndex}); a {@code Deb} is opened as a {@code TarFile}; from
 * its files come the kernel ({@code KernelImage}) and an {@code Initramfs} of busybox, scripts and
 * the {@code KernelModules} in their order, written by a {@code CpioWriter}.
 *
 * <p>This package knows nothing of machines, devices or instruction sets: it ends with paths to
 * files.
 */
@NullMarked
package vivarium.distribution.guests;

import org.jspecify.annotations.NullMarked;
