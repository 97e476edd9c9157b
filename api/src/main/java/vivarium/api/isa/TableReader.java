package vivarium.api.isa;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.fp.Fpu;
import vivarium.api.memory.Mmu;

/** Reads the annotations of table classes. */
final class TableReader {
  private final Map<String, OperandField> declared = new LinkedHashMap<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final boolean foreign;
  private final List<InstructionTable.AliasEntry> aliases = new ArrayList<>();

  /**
   * @param before instructions that are there already, and may be what aliases expand to
   * @param foreign whether the classes read are an extension's
   */
  TableReader(List<OperandField> fields, List<Instruction> before, boolean foreign) {
    instructions.addAll(before);
    this.foreign = foreign;
    for (OperandField field : fields) {
      declared.put(field.name(), field);
    }
  }

  List<Instruction> instructions() {
    return instructions;
  }

  List<InstructionTable.AliasEntry> aliases() {
    return aliases;
  }

  void readInstructions(Class<?> table) {
    Extension extension = table.getAnnotation(Extension.class);
    String name = extension == null ? table.getSimpleName() : extension.value();
    Method[] methods = table.getDeclaredMethods();
    java.util.Arrays.sort(methods, java.util.Comparator.comparing(Method::getName));
    for (Method method : methods) {
      Insn insn = method.getAnnotation(Insn.class);
      if (insn != null) {
        Encoding encoding = Encoding.parse(insn.value(), insn.unless(), declared);
        instructions.add(
            new Instruction(
                instructions.size(),
                name,
                encoding,
                assembly(insn.asm(), encoding),
                method,
                foreign));
      }
    }
  }

  void readAliases(Class<?> table) {
    for (Alias alias : table.getAnnotationsByType(Alias.class)) {
      Encoding encoding = Encoding.parse(alias.value(), alias.unless(), declared);
      String[] words = alias.as().trim().split("\\s+");
      Instruction target =
          instructions.stream()
              .filter(candidate -> candidate.name().equals(words[0]))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException(alias.name() + " expands to " + words[0]));
      int[] fields = new int[target.fields().size()];
      long[] constants = new long[fields.length];
      java.util.Arrays.fill(fields, Integer.MIN_VALUE);
      for (int i = 1; i < words.length; i++) {
        String[] sides = words[i].split("=");
        int to = target.encoding().fieldIndex(sides[0]);
        if (to < 0) {
          throw new IllegalArgumentException(alias.name() + ": no field " + sides[0]);
        }
        fields[to] = encoding.fieldIndex(sides[1]);
        if (fields[to] < 0) {
          constants[to] = Long.decode(sides[1]);
        }
      }
      for (int field : fields) {
        if (field == Integer.MIN_VALUE) {
          throw new IllegalArgumentException(alias.name() + " leaves a field open: " + alias.as());
        }
      }
      aliases.add(
          new InstructionTable.AliasEntry(
              alias.name(), encoding, target, fields, constants, assembly(alias.asm(), encoding)));
    }
  }

  private static String assembly(String given, Encoding encoding) {
    if (!given.isEmpty()) {
      return given.strip();
    }
    StringBuilder text = new StringBuilder();
    for (OperandField field : encoding.fields()) {
      text.append(text.isEmpty() ? "" : ", ").append(field.name());
    }
    return text.toString();
  }

  static List<Instruction.Parameter> parameters(Method method, Encoding encoding) {
    int modifiers = method.getModifiers();
    if (!Modifier.isStatic(modifiers) || !Modifier.isPublic(modifiers)) {
      throw new IllegalArgumentException(method + " must be public and static");
    }
    List<Instruction.Parameter> parameters = new ArrayList<>();
    for (java.lang.reflect.Parameter parameter : method.getParameters()) {
      if (!parameter.isNamePresent()) {
        throw new IllegalArgumentException("compile " + method + " with -parameters");
      }
      parameters.add(binding(parameter, encoding, method));
    }
    return List.copyOf(parameters);
  }

  private static Instruction.Parameter binding(
      java.lang.reflect.Parameter parameter, Encoding encoding, Method method) {
    Class<?> type = parameter.getType();
    if (type == Mmu.class) {
      return new Instruction.Parameter(Instruction.Source.MMU, -1);
    }
    if (type == Fpu.class) {
      return new Instruction.Parameter(Instruction.Source.FPU, -1);
    }
    if (Hart.class.isAssignableFrom(type)) {
      return new Instruction.Parameter(Instruction.Source.HART, -1);
    }
    int field = encoding.fieldIndex(parameter.getName());
    if (field >= 0 && encoding.fields().get(field).isRegister()) {
      if (type != long.class) {
        throw new IllegalArgumentException(method + ": registers are long");
      }
      return new Instruction.Parameter(Instruction.Source.REGISTER, field);
    }
    if (field >= 0) {
      return new Instruction.Parameter(Instruction.Source.IMMEDIATE, field);
    }
    return switch (parameter.getName()) {
      case "pc" -> new Instruction.Parameter(Instruction.Source.PC, -1);
      case "next" -> new Instruction.Parameter(Instruction.Source.NEXT, -1);
      case "insn" -> new Instruction.Parameter(Instruction.Source.BITS, -1);
      default -> throw new IllegalArgumentException(method + ": what is " + parameter + "?");
    };
  }

  static Instruction.Result result(Method method) {
    if (method.isAnnotationPresent(Jump.class)) {
      return Instruction.Result.JUMP;
    }
    Class<?> type = method.getReturnType();
    if (type == void.class) {
      return Instruction.Result.NONE;
    }
    if (type == boolean.class) {
      return Instruction.Result.BRANCH;
    }
    if (type == long.class) {
      return Instruction.Result.REGISTER;
    }
    throw new IllegalArgumentException(method + " must return void, long or boolean");
  }
}
