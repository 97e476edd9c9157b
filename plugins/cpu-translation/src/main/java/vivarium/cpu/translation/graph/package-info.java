/**
 * The front end: what instructions mean, as graphs.
 *
 * <p>{@link vivarium.cpu.translation.graph.MethodReader} reads the bytecode of a table's method
 * into an {@link vivarium.cpu.translation.graph.InstructionTemplate}; {@link
 * vivarium.cpu.translation.graph.Templates} keeps those of a table. {@link
 * vivarium.cpu.translation.graph.TraceBuilder} decodes guest code and chains templates into a
 * {@link vivarium.cpu.translation.graph.Graph}, which folds as it grows; {@link
 * vivarium.cpu.translation.graph.Liveness} then says who uses what until when. Back ends walk graph
 * and liveness. Nothing here names an instruction, or knows a back end or a host.
 */
@NullMarked
package vivarium.cpu.translation.graph;

import org.jspecify.annotations.NullMarked;
