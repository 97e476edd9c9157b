package vivarium.distribution.guests;

/**
 * One package of a guest, pinned.
 *
 * @param role what the guest takes from it: {@code kernel}, {@code busybox} or {@code firmware}
 * @param name the package's name
 * @param current the package to ask for when the pinned version has gone; another than {@code name}
 *     where names carry versions, and then it depends on the wanted one
 * @param version the pinned version, for people
 * @param file the path of the {@code .deb} below the mirror's root
 * @param sha256 the digest of the {@code .deb}, lower-case hexadecimal
 */
public record GuestPackage(
    String role, String name, String current, String version, String file, String sha256) {

  /** The last element of {@link #file}: what the package is called in the cache. */
  public String fileName() {
    return file.substring(file.lastIndexOf('/') + 1);
  }
}
