/**
 * Machine memory: what the monitor has from the host, lent in extents to virtual machines, and the
 * host's other powers over memory that engines borrow.
 *
 * <p>{@link vivarium.core.memory.MachineMemory} is made once per monitor; {@link
 * vivarium.core.memory.Extent} is one machine's part; {@link vivarium.core.memory.HostLoan} is what
 * a machine's engines may ask of the host. The only package that calls the host's C library. It
 * knows nothing of machines' insides.
 */
@NullMarked
package vivarium.core.memory;

import org.jspecify.annotations.NullMarked;
