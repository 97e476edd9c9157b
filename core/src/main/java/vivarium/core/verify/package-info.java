/**
 * Two machines in lock-step: the same guest under two strategies, compared as they go.
 *
 * <p>{@link vivarium.core.verify.LockStep} is what {@code vivarium verify}, tests and authors of
 * strategies call; {@link vivarium.core.verify.Subject} is all that it knows of a machine, {@link
 * vivarium.core.verify.MachineSubject} the one that is a virtual machine. {@link
 * vivarium.core.verify.Bisection} finds the instruction once something differs. It knows no
 * strategy and no instruction set.
 */
@NullMarked
package vivarium.core.verify;

import org.jspecify.annotations.NullMarked;
