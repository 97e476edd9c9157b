/**
 * What the design promises, measured. JMH benchmarks of parts, on the class path: {@link
 * vivarium.benchmarks.BenchMachine} makes the machines that most of them look at. {@link
 * vivarium.benchmarks.Compare} runs whole guests beside QEMU. All run by hand (benchmarks/README.md
 * tells how); this room may know every other one, and no room knows it.
 */
@NullMarked
package vivarium.benchmarks;

import org.jspecify.annotations.NullMarked;
