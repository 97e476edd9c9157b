/**
 * JMH benchmarks of what the design promises. Run by hand (CONTRIBUTING.md); it may know every
 * room, and no room knows it.
 */
@NullMarked
package vivarium.benchmarks;

import org.jspecify.annotations.NullMarked;
