/**
 * Xviv, the model of an extension of an instruction set: {@link vivarium.example.xviv.Xviv} has the
 * instructions, {@link vivarium.example.xviv.XvivExtension} makes them known by a name. Whoever
 * assembles a machine with {@code --isa-extensions xviv} has them in decoder, disassembler, test
 * assembler and every CPU strategy. Nothing here knows a strategy, or the instruction set's
 * classes.
 */
@NullMarked
package vivarium.example.xviv;

import org.jspecify.annotations.NullMarked;
