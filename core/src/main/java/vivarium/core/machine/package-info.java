/**
 * A virtual machine: how it is configured, assembled, run and controlled.
 *
 * <p>{@link vivarium.core.machine.MachineConfig} says what is wanted; {@link
 * vivarium.core.machine.Machine} is the assembled {@code virt} board ({@link
 * vivarium.core.machine.Board} is its address map); {@link vivarium.core.machine.MachineRunner}
 * runs its harts in turns; {@link vivarium.core.machine.VirtualMachine} is what embedders hold and
 * the scheduler runs. The host's side of consoles and disks is here too. It knows the plugins only
 * by the interfaces of {@code vivarium.api}.
 */
@NullMarked
package vivarium.core.machine;

import org.jspecify.annotations.NullMarked;
