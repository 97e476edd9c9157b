/**
 * Holds the whole tree to the rules of the house: who may know whom, and the size and shape of
 * sources. Reads class and source files of every module; knows none of them by name of a class.
 */
@NullMarked
package vivarium.distribution.house;

import org.jspecify.annotations.NullMarked;
