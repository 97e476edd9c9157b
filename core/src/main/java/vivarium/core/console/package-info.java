/**
 * Consoles for machines that are not alone: each {@link vivarium.core.console.RelayConsole} keeps a
 * machine's recent output, and somebody else takes it from there, so that no reader, however slow,
 * ever holds up a machine. {@link vivarium.core.console.ConsoleSocket} and {@link
 * vivarium.core.console.ConsolePty} offer one to programs of the host; an embedder, or the command
 * line's switcher, reads it itself. What a machine is this room does not know.
 */
@NullMarked
package vivarium.core.console;

import org.jspecify.annotations.NullMarked;
