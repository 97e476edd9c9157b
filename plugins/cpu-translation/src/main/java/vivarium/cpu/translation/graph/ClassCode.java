package vivarium.cpu.translation.graph;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.LabelTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bytecode of classes, parsed once each, method by method. */
final class ClassCode {
  /**
   * A method's code.
   *
   * @param elements instructions and labels
   * @param labels index of each label among them
   */
  record Body(
      List<CodeElement> elements, Map<Label, Integer> labels, int maxLocals, int maxStack) {}

  private final ClassFile parser =
      ClassFile.of(
          ClassFile.DebugElementsOption.DROP_DEBUG,
          ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
          ClassFile.StackMapsOption.DROP_STACK_MAPS);
  private final Map<Class<?>, Map<String, MethodModel>> classes = new HashMap<>();

  /** The code of a method by name and descriptor. */
  Body body(Class<?> owner, String name, String descriptor) throws Unreadable {
    Map<String, MethodModel> methods = classes.get(owner);
    if (methods == null) {
      methods = methods(owner);
      classes.put(owner, methods);
    }
    MethodModel method = methods.get(name + descriptor);
    CodeModel code = method == null ? null : method.code().orElse(null);
    if (method == null || code == null) {
      throw new Unreadable("no code of " + owner.getSimpleName() + "." + name);
    }
    if (!code.exceptionHandlers().isEmpty()) {
      throw new Unreadable("it catches exceptions");
    }
    List<CodeElement> elements = code.elementList();
    Map<Label, Integer> labels = new HashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) instanceof LabelTarget target) {
        labels.put(target.label(), i);
      }
    }
    var limits = method.findAttribute(java.lang.classfile.Attributes.code()).orElseThrow();
    return new Body(elements, labels, limits.maxLocals(), limits.maxStack());
  }

  private Map<String, MethodModel> methods(Class<?> owner) throws Unreadable {
    ClassModel model = parser.parse(bytes(owner));
    Map<String, MethodModel> methods = new HashMap<>();
    for (MethodModel method : model.methods()) {
      methods.put(method.methodName().stringValue() + method.methodType().stringValue(), method);
    }
    return methods;
  }

  private static byte[] bytes(Class<?> owner) throws Unreadable {
    String name = owner.getName();
    String resource = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (@Nullable InputStream stream = owner.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new Unreadable("the class file of " + name + " is not to be had");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new Unreadable("the class file of " + name + " cannot be read");
    }
  }
}
