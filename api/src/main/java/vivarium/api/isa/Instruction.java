package vivarium.api.isa;

import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instruction of a table: its encoding, and the method that is its meaning with what each
 * parameter is bound to. Immutable, made by {@link InstructionTable}, compared by identity.
 */
public final class Instruction {
  /** What becomes of the method's result. */
  public enum Result {
    /** The method returns nothing. */
    NONE,
    /** The result goes to the destination register. */
    REGISTER,
    /** True: the next pc is {@code pc} plus the field {@code imm}. */
    BRANCH,
    /** The result is the next pc; the destination register, if any, gets the following address. */
    JUMP
  }

  /** What a parameter of the method receives. */
  public enum Source {
    /** The value of the register that the field {@link Parameter#field} selects. */
    REGISTER,
    /** The value of the immediate field {@link Parameter#field}. */
    IMMEDIATE,
    /** The address of the instruction. */
    PC,
    /** The address of the following instruction. */
    NEXT,
    /** The instruction's bits. */
    BITS,
    /** The hart's {@link vivarium.api.memory.Mmu}. */
    MMU,
    /** The hart's {@link vivarium.api.fp.Fpu}. */
    FPU,
    /** The hart. */
    HART
  }

  /**
   * A parameter's binding.
   *
   * @param source what it receives
   * @param field index into {@link Instruction#fields()}, or -1
   */
  public record Parameter(Source source, int field) {}

  private final int number;
  private final String name;
  private final String extension;
  private final Encoding encoding;
  private final String assembly;
  private final Method method;
  private final List<Parameter> parameters;
  private final Result result;
  private final int destination;
  private final @Nullable Privileged privileged;
  private final boolean takesHart;
  private final boolean foreign;

  Instruction(
      int number,
      String extension,
      Encoding encoding,
      String assembly,
      Method method,
      boolean foreign) {
    this.foreign = foreign;
    this.number = number;
    this.name = method.getName().replace('_', '.');
    this.extension = extension;
    this.encoding = encoding;
    this.assembly = assembly;
    this.method = method;
    this.parameters = TableReader.parameters(method, encoding);
    this.result = TableReader.result(method);
    this.destination = encoding.destination();
    this.privileged = method.getAnnotation(Privileged.class);
    this.takesHart = parameters.stream().anyMatch(one -> one.source() == Source.HART);
    if (result == Result.REGISTER && destination < 0) {
      throw new IllegalArgumentException(name + " returns a value but has no destination field");
    }
    if (sensitive() && !takesHart()) {
      throw new IllegalArgumentException(name + " is sensitive but does not take the hart");
    }
    if (result == Result.BRANCH && encoding.fieldIndex("imm") < 0) {
      throw new IllegalArgumentException(name + " branches but has no field imm");
    }
  }

  /** Its place in {@link InstructionTable#instructions()}. */
  public int number() {
    return number;
  }

  /** The mnemonic. */
  public String name() {
    return name;
  }

  /** The extension it belongs to. */
  public String extension() {
    return extension;
  }

  /** Fixed bits and fields. */
  public Encoding encoding() {
    return encoding;
  }

  /** The fields in declaration order; {@link Decoded#operand} takes an index into this list. */
  public List<OperandField> fields() {
    return encoding.fields();
  }

  /** Assembly operands, such as {@code rd, imm(rs1)}. */
  public String assembly() {
    return assembly;
  }

  /** The method that is its meaning: static, public. */
  public Method method() {
    return method;
  }

  /**
   * Whether the method belongs to an {@linkplain IsaExtension extension} from elsewhere, so that
   * classes defined by {@link InstructionTable#lookup} cannot call it. {@link Invoker} can.
   */
  public boolean foreign() {
    return foreign;
  }

  /** What each parameter of the method receives. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** What becomes of the method's result. */
  public Result result() {
    return result;
  }

  /** Index of the destination field, or -1. */
  public int destination() {
    return destination;
  }

  /**
   * Whether it takes the hart: it is called, not read as a graph; may change the pc, privilege and
   * translation; and ends a block.
   */
  public boolean takesHart() {
    return takesHart;
  }

  /** Whether it is sensitive in Popek and Goldberg's sense. */
  public boolean sensitive() {
    return privileged != null;
  }

  /** {@link Privileged#provided()}; empty for most. */
  public String privilegedProvided() {
    return privileged == null ? "" : privileged.provided();
  }

  /** Whether it is privileged in Popek and Goldberg's sense: it traps in user mode. */
  public boolean privileged() {
    return privileged != null && privileged.traps();
  }

  @Override
  public String toString() {
    return name;
  }
}
