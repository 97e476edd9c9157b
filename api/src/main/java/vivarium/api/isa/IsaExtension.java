package vivarium.api.isa;

import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * Instructions that a plugin adds to an instruction set which another plugin provides. A machine
 * has them if its configuration names the extension. One instance per JVM, stateless.
 *
 * <p>The classes are tables as {@link InstructionTable#read} takes them, in the notation and with
 * the operand fields of the instruction set. As a plugin knows {@code vivarium.api} only, a method
 * that needs the hart takes {@link Hart}.
 */
public interface IsaExtension {
  /** The name by which it is chosen. */
  String name();

  /** One line for {@code vivarium plugins}. */
  String description();

  /** Name of the instruction set that it extends. */
  String instructionSet();

  /** A lookup of the package in which the classes are. */
  MethodHandles.Lookup lookup();

  /** The classes, public, in an exported package, compiled with {@code -parameters}. */
  List<Class<?>> tables();
}
