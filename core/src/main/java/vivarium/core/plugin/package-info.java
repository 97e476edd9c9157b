/**
 * The plugin catalog: finds plugins, gives each its own module layer, and answers for names.
 *
 * <p>{@link vivarium.core.plugin.PluginCatalog} is what others call; {@link
 * vivarium.core.plugin.PluginInfo} is what {@code vivarium plugins} prints. The only package that
 * knows PF4J. It knows nothing of machines.
 */
@NullMarked
package vivarium.core.plugin;

import org.jspecify.annotations.NullMarked;
