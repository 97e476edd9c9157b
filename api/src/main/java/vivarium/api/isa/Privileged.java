package vivarium.api.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that an instruction is sensitive (it reads or changes privileged state) and whether it is
 * also privileged in Popek and Goldberg's sense (it traps in user mode). What is sensitive and does
 * not trap cannot be virtualized by direct execution.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Privileged {
  /** Whether the instruction traps when executed without privilege. */
  boolean traps() default true;

  /**
   * What a hart must have been told for the instruction to trap always, where its trapping depends
   * on that: a control bit and what it is for. For people; shown by {@code vivarium isa}.
   */
  String provided() default "";
}
