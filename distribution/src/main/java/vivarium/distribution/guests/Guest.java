package vivarium.distribution.guests;

import java.util.List;

/**
 * A ready guest as the catalog describes it.
 *
 * @param name what the user calls it
 * @param description one line for people
 * @param suite the distribution's suite whose index names current versions
 * @param architecture the distribution's name of the architecture
 * @param append the kernel command line it boots with by default
 * @param memoryBytes the RAM it is given by default
 * @param modules kernel modules to load before the marker, by name; their dependencies are found
 * @param packages where its parts come from
 */
public record Guest(
    String name,
    String description,
    String suite,
    String architecture,
    String append,
    long memoryBytes,
    List<String> modules,
    List<GuestPackage> packages) {

  /** Copies the lists. */
  public Guest {
    modules = List.copyOf(modules);
    packages = List.copyOf(packages);
  }
}
