package vivarium.distribution.guests;

import java.nio.file.Path;

/**
 * A guest on this computer's disk, ready to boot.
 *
 * @param kernel a raw RISC-V {@code Image}
 * @param initrd an initramfs (cpio, "newc")
 * @param firmware OpenSBI's {@code fw_dynamic.bin}
 * @param jumpFirmware OpenSBI's {@code fw_jump.bin}
 * @param append the default kernel command line
 * @param memoryBytes the default size of RAM
 * @param release the kernel's release, as {@code uname -r} prints it
 */
public record GuestFiles(
    Path kernel,
    Path initrd,
    Path firmware,
    Path jumpFirmware,
    String append,
    long memoryBytes,
    String release) {}
