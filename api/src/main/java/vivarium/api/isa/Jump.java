package vivarium.api.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that an {@link Insn} method returns the address of the instruction that comes next; the
 * destination field, if the encoding has one, receives the address after this instruction.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Jump {}
