/** The devices of the virt board. */
module vivarium.devices {
  requires static org.jspecify;
  requires vivarium.api;

  provides vivarium.api.device.DeviceType with
      vivarium.devices.Ns16550a.Type,
      vivarium.devices.Clint.Type,
      vivarium.devices.Plic.Type,
      vivarium.devices.GoldfishRtc.Type,
      vivarium.devices.Syscon.Type,
      vivarium.devices.CfiFlash.Type,
      vivarium.devices.virtio.VirtioBlk.Type,
      vivarium.devices.virtio.VirtioRng.Type;
}
