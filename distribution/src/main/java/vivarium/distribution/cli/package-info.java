/**
 * The command line: what can be typed, and what becomes of it.
 *
 * <p>The map of the room: {@link vivarium.distribution.cli.CommandTree} is the door and all that
 * {@code Main} calls: it makes picocli's tree of commands, turns every failure into one line and an
 * {@link vivarium.distribution.cli.ExitStatus}. One class per command ({@code RunCommand}, {@code
 * GuestsCommand}, {@code VerifyCommand}, {@code CompareCommand}, {@code PluginsCommand}, {@code
 * IsaCommand}). {@code run} takes its {@code Wishes} from options and from a {@code MachineFile},
 * {@code GuestChoice} adds what the guest brings along, and {@code MachineSession} runs the machine
 * at the console. {@code LogConfigurator} is how logback is set up, without files.
 *
 * <p>It knows {@code vivarium.core}, and plugins by their names only.
 */
@NullMarked
package vivarium.distribution.cli;

import org.jspecify.annotations.NullMarked;
