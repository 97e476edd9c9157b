/**
 * The strategy {@code direct}: direct execution by trap and emulate, as Popek and Goldberg describe
 * a virtual machine monitor.
 *
 * <ul>
 *   <li>{@link vivarium.cpu.direct.DirectExecution}: the strategy; tells at assembly what the
 *       instruction set has that cannot be virtualized this way;
 *   <li>{@link vivarium.cpu.direct.TrapAndEmulate}: the monitor of one virtual hart: lets it run on
 *       a {@link vivarium.api.cpu.HardwareHart}, and does what comes back from there;
 *   <li>{@link vivarium.cpu.direct.Sensitive}: the classification, from the instruction table.
 * </ul>
 *
 * <p>Called by the core once per run. It names no instruction set: what is privileged is what the
 * table says, what it does is the table's own method, and a trap is a number that the virtual hart
 * understands. It does not know what the hart under it is.
 */
@NullMarked
package vivarium.cpu.direct;

import org.jspecify.annotations.NullMarked;
