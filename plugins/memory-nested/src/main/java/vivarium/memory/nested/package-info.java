/**
 * The two-stage memory strategy: walk V2P, apply P2M. Reached only through the service that the
 * module provides; it knows {@code vivarium.api}.
 */
@NullMarked
package vivarium.memory.nested;

import org.jspecify.annotations.NullMarked;
