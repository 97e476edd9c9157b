/**
 * Instruction sets: a table of Java methods and the privileged architecture around it.
 *
 * <p>{@link vivarium.api.isa.InstructionSet} is what a plugin provides. Its instructions are
 * methods under {@link vivarium.api.isa.Insn}, read by {@link vivarium.api.isa.InstructionTable};
 * its processors extend {@link vivarium.api.isa.Hart}, whose registers lie in a {@link
 * vivarium.api.isa.HartBlock}. Engines read the table and run the harts; nothing here knows an
 * engine or the core.
 */
@NullMarked
package vivarium.api.isa;

import org.jspecify.annotations.NullMarked;
