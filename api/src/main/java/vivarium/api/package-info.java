/**
 * What every room of the house shares: the one exception that bad input gets. Everyone calls it; it
 * knows nothing but {@code java.base}.
 */
@NullMarked
package vivarium.api;

import org.jspecify.annotations.NullMarked;
