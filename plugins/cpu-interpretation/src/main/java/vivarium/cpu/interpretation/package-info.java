/**
 * The CPU strategy {@code interpretation}.
 *
 * <p>{@link vivarium.cpu.interpretation.BlockCache} decodes guest code once into blocks of packed
 * operations ({@link vivarium.cpu.interpretation.Operations}); {@link
 * vivarium.cpu.interpretation.InterpreterGenerator} makes, from the instruction table, the one
 * method that executes them; {@link vivarium.cpu.interpretation.Interpreter} is the engine around
 * it: runs, traps, interrupts, whatever is not fast. It names no instruction and no instruction
 * set.
 */
@NullMarked
package vivarium.cpu.interpretation;

import org.jspecify.annotations.NullMarked;
