/**
 * A machine around one device, for its tests: {@link vivarium.testkit.device.FakeDeviceContext}
 * lends RAM, a clock that stands until it is moved, harts that only note their interrupt inputs, a
 * console and a disk in memory. One thread; the test makes everything happen.
 */
@NullMarked
package vivarium.testkit.device;

import org.jspecify.annotations.NullMarked;
