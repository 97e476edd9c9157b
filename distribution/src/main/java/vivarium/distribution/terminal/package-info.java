/**
 * The host's terminal: whether there is one, its raw mode, and the keys that belong to the monitor.
 *
 * <p>{@link vivarium.distribution.terminal.Terminal} asks the C library by the FFM API and puts
 * back what it changed; {@link vivarium.distribution.terminal.EscapeKeys} finds the {@code Ctrl-A}
 * commands in what is typed. The command line calls both; they know nothing of machines.
 */
@NullMarked
package vivarium.distribution.terminal;

import org.jspecify.annotations.NullMarked;
