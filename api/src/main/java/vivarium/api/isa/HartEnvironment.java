package vivarium.api.isa;

import vivarium.api.cpu.Counters;
import vivarium.api.device.Bus;
import vivarium.api.device.Clock;
import vivarium.api.device.MachineControl;
import vivarium.api.memory.GuestMemory;

/**
 * What the core lends to a hart that is being made.
 *
 * @param id number within the machine, from 0
 * @param block where the registers live
 * @param memory the machine's guest-physical memory
 * @param bus the devices
 * @param clock the machine's time
 * @param control power off, reset, console output of last resort
 * @param counters what the hart counts
 */
public record HartEnvironment(
    int id,
    HartBlock block,
    GuestMemory memory,
    Bus bus,
    Clock clock,
    MachineControl control,
    Counters counters) {}
