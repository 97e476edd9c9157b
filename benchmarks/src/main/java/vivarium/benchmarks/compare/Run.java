package vivarium.benchmarks.compare;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One process from its start to its end.
 *
 * @param wallSeconds on the clock on the wall
 * @param cpuSeconds of all its processors, in user and system mode, where the host tells
 * @param answer the line by which it is judged, if it printed one
 * @param failure why the run does not count; empty if it does
 */
public record Run(
    double wallSeconds, OptionalDouble cpuSeconds, Optional<String> answer, String failure) {}
