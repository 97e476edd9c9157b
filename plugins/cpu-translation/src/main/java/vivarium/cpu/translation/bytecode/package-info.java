/**
 * The back end for every host: guest code as JVM bytecode.
 *
 * <p>{@link vivarium.cpu.translation.bytecode.BytecodeEngine} runs traces. A cold one is executed
 * node by node by {@link vivarium.cpu.translation.bytecode.ColdRunner}; one that proves hot
 * becomes, with the loop around it that {@link vivarium.cpu.translation.bytecode.RegionPlanner}
 * finds, a {@link vivarium.cpu.translation.bytecode.Region}: a hidden class that {@link
 * vivarium.cpu.translation.bytecode.RegionCompiler} writes in a background thread and HotSpot
 * compiles. It knows the graph, not where it comes from, and no instruction set.
 */
@NullMarked
package vivarium.cpu.translation.bytecode;

import org.jspecify.annotations.NullMarked;
