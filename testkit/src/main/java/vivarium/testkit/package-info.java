/** What tests of plugins, and our own, share. Only tests call it; it knows {@code vivarium.api}. */
@NullMarked
package vivarium.testkit;

import org.jspecify.annotations.NullMarked;
