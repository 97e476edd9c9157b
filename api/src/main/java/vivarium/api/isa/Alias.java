package vivarium.api.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A second encoding of an instruction, such as a compressed form; it stands on a table class. Its
 * meaning is that of the instruction it expands to.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Alias.List.class)
public @interface Alias {
  /** The mnemonic, such as {@code c.addi}. */
  String name();

  /** The encoding, in the notation of {@link Insn#value()}. */
  String value();

  /**
   * The instruction it expands to, with each of that instruction's fields given a number or a field
   * of this encoding: {@code "addi rd=rd rs1=rd imm=imm"}.
   */
  String as();

  /** As {@link Insn#unless()}. */
  String unless() default "";

  /** Assembly operands, as {@link Insn#asm()}. */
  String asm() default "";

  /** The container of repeated aliases. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface List {
    /** The aliases in the order of the source. */
    Alias[] value();
  }
}
