package vivarium.benchmarks;

/** What the launcher (bin/vivarium) tells the JVM, for the JVMs that JMH starts. */
final class JvmFlags {
  /** The collector that starts fastest; guests make no garbage. */
  static final String GC = "-XX:+UseSerialGC";

  /** The interpreter's generated switch is one huge method, which HotSpot would not compile. */
  static final String HUGE_METHODS = "-XX:-DontCompileHugeMethods";

  /** Machine memory is reached by restricted methods; here everything is one unnamed module. */
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private JvmFlags() {}
}
