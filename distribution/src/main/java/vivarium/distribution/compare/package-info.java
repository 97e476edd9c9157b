/**
 * One guest under every combination of strategies, side by side: the picture of what each costs.
 *
 * <p>The map of the room: {@link vivarium.distribution.compare.Measuring} runs the combinations one
 * after the other and makes a {@link vivarium.distribution.compare.Comparison} of {@link
 * vivarium.distribution.compare.Measurement}s; {@code ComparisonTable}, {@code ComparisonPage}
 * (with {@code BarChart}) and {@code ComparisonJson} write it for the terminal, the browser and
 * programs. Called by {@code vivarium compare}. It knows {@code vivarium.core}, and strategies by
 * their names only.
 */
@NullMarked
package vivarium.distribution.compare;

import org.jspecify.annotations.NullMarked;
