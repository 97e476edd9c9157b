/**
 * The launcher: what a person types. {@code bin/vivarium} calls it; it knows {@code vivarium.core}
 * and no plugin by class.
 */
@NullMarked
package vivarium.distribution;

import org.jspecify.annotations.NullMarked;
