/**
 * What a guest can do to others: nothing. Hostile guests, made by {@link
 * vivarium.distribution.isolation.Hostile}, run on the real strategies beside machines whose memory
 * and results are watched.
 */
@org.jspecify.annotations.NullMarked
package vivarium.distribution.isolation;
