package vivarium.core.machine;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.BlockStorage;

/**
 * What a machine keeps over a reset: its disks, and what is in flash.
 *
 * @param disks in the order of their names in the guest
 * @param flash a storage for each bank; none if the machine has no flash
 */
record Storages(List<BlockStorage> disks, List<BlockStorage> flash) {
  /**
   * Opens the files.
   *
   * @param opened closes them
   * @throws vivarium.api.VivariumException if one is missing, in use, or of a size that cannot be
   */
  static Storages open(MachineConfig config, Cleanup opened) {
    List<BlockStorage> disks = new ArrayList<>();
    for (MachineConfig.Disk disk : config.disks()) {
      disks.add(opened.add(RawImage.open(disk.path(), disk.readOnly())));
    }
    List<BlockStorage> flash = new ArrayList<>();
    for (MachineConfig.Disk bank : config.flash()) {
      flash.add(opened.add(RawImage.open(RawImage.Kind.FLASH, bank.path(), bank.readOnly())));
    }
    while (!flash.isEmpty() && flash.size() < Board.FLASH_BANKS) {
      flash.add(opened.add(new ForgetfulStorage(Board.FLASH_BANK_BYTES)));
    }
    return new Storages(disks, flash);
  }
}
