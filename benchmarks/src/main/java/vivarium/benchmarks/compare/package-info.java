/**
 * Whole guests, each under several contenders, as processes: {@link
 * vivarium.benchmarks.compare.GuestImages} and {@link vivarium.benchmarks.compare.ExpectedLines}
 * say what is run and what it must print, {@link vivarium.benchmarks.compare.Contender} how it is
 * launched, {@link vivarium.benchmarks.compare.TimedProcess} runs it once, {@link
 * vivarium.benchmarks.compare.Results} keeps the figures, and {@link
 * vivarium.benchmarks.compare.MarkdownTable}, {@link vivarium.benchmarks.compare.Json} and {@link
 * vivarium.benchmarks.compare.BarChart} write them. Called by {@link vivarium.benchmarks.Compare};
 * it knows the product as a directory with a launcher, and nothing of its inside.
 */
@NullMarked
package vivarium.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
