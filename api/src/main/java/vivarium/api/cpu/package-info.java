/**
 * CPU strategies: {@link vivarium.api.cpu.CpuStrategy} is what a plugin provides, {@link
 * vivarium.api.cpu.CpuEngine} what runs a hart, {@link vivarium.api.cpu.Exit} how it comes back.
 *
 * <p>The seam is crossed once per run of many thousand steps. Nothing here knows the core.
 */
@NullMarked
package vivarium.api.cpu;

import org.jspecify.annotations.NullMarked;
