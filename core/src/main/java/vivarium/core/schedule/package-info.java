/**
 * Who runs when: the processors there are, shared among the machines that want them.
 *
 * <p>{@link vivarium.core.schedule.RunQueue} is the order (start-time fair queueing, weighted), and
 * {@link vivarium.core.schedule.Dispatcher} all that is decided: slices, waits, caps, preemption.
 * Both are told the time and never look at a clock, so that tests have their own. {@link
 * vivarium.core.schedule.Scheduler} adds threads and the host's clock; the monitor owns one. What a
 * machine is this room does not know: it runs {@link vivarium.core.schedule.Schedulable}s.
 */
@NullMarked
package vivarium.core.schedule;

import org.jspecify.annotations.NullMarked;
