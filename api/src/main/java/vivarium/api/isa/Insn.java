package vivarium.api.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One instruction: stands above the static method that is its whole meaning.
 *
 * <p>The method's name is the mnemonic with {@code _} for {@code .}. Its parameters are bound by
 * name to the fields of the encoding (a register field gives the register's value, an immediate
 * field its value), or to {@code pc} (the instruction's address), {@code next} (the address of the
 * instruction after it) and {@code insn} (its bits), or by type to {@link vivarium.api.memory.Mmu},
 * {@link vivarium.api.fp.Fpu} and the instruction set's {@link Hart}.
 *
 * <p>A {@code long} result goes to the destination field. A {@code boolean} result makes a
 * conditional branch to {@code pc + imm}. A {@link Jump} method returns the next pc, and the
 * destination field, if there is one, receives {@code next}.
 *
 * <p>Methods that binary translation can read keep to: no loops, at most one memory access and it
 * unconditional, arithmetic, {@code ?:}, the intrinsics of {@code Math}, {@code Long} and {@code
 * Integer}, {@code Fpu} and {@code Mmu}. A method that takes a {@link Hart} is opaque: it is
 * called, may change the pc through the hart, and ends the block.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Insn {
  /**
   * The encoding as the manual prints it, most significant bit first: tokens separated by spaces.
   * {@code 0110} are fixed bits; {@code rd} a field whose width the instruction set declares;
   * {@code imm[4:1|11]} a slice of an immediate; {@code rd!=0} a field with a forbidden value.
   */
  String value();

  /** Combinations that are not this instruction, such as {@code "rm=5, rm=6"}: any one excludes. */
  String unless() default "";

  /**
   * Assembly operands, such as {@code "rd, imm(rs1)"}. By default the fields in the order in which
   * the instruction set declares them, separated by commas. A blank means that there are none to
   * show.
   */
  String asm() default "";
}
