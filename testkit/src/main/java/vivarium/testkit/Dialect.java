package vivarium.testkit;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an instruction set's assembly language has beyond its table: pseudo-instructions, names of
 * constants, defaults of fields that assembly leaves out. Stateless.
 */
public interface Dialect {
  /** Adds nothing. */
  Dialect PLAIN = new Dialect() {};

  /**
   * An instruction of the table.
   *
   * @param mnemonic its mnemonic
   * @param operands its operands
   * @param fields values of fields that the operands do not show
   */
  record Plain(String mnemonic, String operands, Map<String, Long> fields) {
    /** One without hidden fields. */
    public Plain(String mnemonic, String operands) {
      this(mnemonic, operands, Map.of());
    }
  }

  /** Where an instruction is being assembled. */
  interface Place {
    /** The address of the (first) instruction. */
    long pc();

    /** The value of an expression; a label not yet placed counts as {@link #pc()}. */
    long value(String expression);
  }

  /**
   * Instructions that a pseudo-instruction stands for; {@code null} if it is none. May be called
   * several times for one line, until addresses settle.
   */
  default @Nullable List<Plain> expand(String mnemonic, List<String> operands, Place place) {
    return null;
  }

  /** The value of a name that is no label. */
  default OptionalLong symbol(String name) {
    return OptionalLong.empty();
  }

  /** The operands to try for an instruction whose table entry has {@code assembly}. */
  default List<String> templates(String assembly, List<String> fields) {
    return List.of(assembly);
  }

  /** The value of a field that the operands leave out. */
  default long fieldDefault(String field) {
    return 0;
  }

  /** A register's name in the table, for another name that assembly allows. */
  default String register(String name) {
    return name;
  }
}
