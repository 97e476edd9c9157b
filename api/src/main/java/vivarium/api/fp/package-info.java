/**
 * Floating point: the arithmetic of one hart, exact to the bit and to the flag.
 *
 * <p>What is here: {@link vivarium.api.fp.Fpu}, the whole of it to the outside: state, operations,
 * and the fast path on the host's arithmetic, whose results {@code Host} judges. Behind it {@code
 * SoftFloat} (arithmetic) and {@code SoftConversion} (conversions, minimum, maximum,
 * classification), in integers only, both over a {@code Format}.
 *
 * <p>Who calls it: the methods of an instruction table, and by name the binary translator. What it
 * may not know: registers, encodings, harts, memory.
 */
@NullMarked
package vivarium.api.fp;

import org.jspecify.annotations.NullMarked;
