package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Map;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.HostPowers;
import vivarium.api.isa.InstructionSet;
import vivarium.cpu.translation.x64.CpuFeatures;
import vivarium.cpu.translation.x64.X64Assembler;

/** Makes engines that run machine code, where the host allows it. */
public final class NativeBackEnd {
  private static final int MOST_TRACE_STEPS = 64;

  private static final long MIB = 1L << 20;
  private static final long DEFAULT_CODE_MIB = 64;

  private NativeBackEnd() {}

  /**
   * Makes an engine.
   *
   * @throws VivariumException if this host is not x86-64 Linux, refuses executable memory, or an
   *     option makes no sense
   */
  public static CpuEngine create(CpuEnvironment environment) {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String os = System.getProperty("os.name", "");
    if (!arch.equals("amd64") && !arch.equals("x86_64") || !os.equals("Linux")) {
      throw new VivariumException(
          "machine code is made for x86-64 Linux only, and this is " + arch + " " + os);
    }
    return environment.resting() && isCommon(environment.options())
        ? new CommonEngine(environment)
        : createOwn(environment);
  }

  /** Makes an engine with code of its own. */
  static CpuEngine createOwn(CpuEnvironment environment) {
    Prepared prepared =
        prepare(environment.host(), environment.instructionSet(), environment.options());
    Contexts contexts = new Contexts(environment);
    return new NativeEngine(
        environment, prepared, contexts, new OwnTranslator(environment, prepared, contexts));
  }

  /**
   * Checks the options, which another back end would not.
   *
   * @throws VivariumException in one line, if one makes no sense
   */
  public static void checkOptions(Map<String, String> options) {
    codeBytes(options);
    traceSteps(options);
    plainly(options);
    isCommon(options);
  }

  private static long codeBytes(Map<String, String> options) {
    return number(options, "code-memory", DEFAULT_CODE_MIB, 1024, " (MiB)") * MIB;
  }

  /**
   * Most instructions in a trace. With one, code is made of single instructions, so that a wrong
   * one can be told from its neighbours.
   */
  static int traceSteps(Map<String, String> options) {
    return (int) number(options, "trace-steps", TraceMaker.TRACE_STEPS, MOST_TRACE_STEPS, "");
  }

  /**
   * Whether code is first made plainly, and from a graph once it proves hot; otherwise from a graph
   * at once.
   */
  static boolean plainly(Map<String, String> options) {
    return isOn(options, "plain-code");
  }

  /** Whether machines at rest may have code in common, which nobody wants to see listed. */
  private static boolean isCommon(Map<String, String> options) {
    return isOn(options, "common-code") && !options.containsKey("dump-code");
  }

  private static boolean isOn(Map<String, String> options, String name) {
    String text = options.getOrDefault(name, "on");
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new VivariumException(name + " is on or off, not " + text);
    };
  }

  private static long number(
      Map<String, String> options, String name, long otherwise, long most, String unit) {
    String text = options.getOrDefault(name, Long.toString(otherwise));
    try {
      long value = Long.parseLong(text);
      if (value >= 1 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same line says it.
    }
    throw new VivariumException(name + " is 1 to " + most + unit + ", not " + text);
  }

  /** Runs the processor's own description of itself; its code is overwritten afterwards. */
  private static CpuFeatures probe(CodeMemory code, HostPowers host) {
    X64Assembler asm = new X64Assembler(1024);
    CpuFeatures.emitProbe(asm);
    asm.copyTo(code.writable(), 0);
    MemorySegment record = host.tables(CpuFeatures.RECORD_SIZE);
    code.entry(0).call(record.address(), 0);
    return CpuFeatures.of(record);
  }

  /**
   * Borrows code memory and begins it.
   *
   * @throws VivariumException if this host's processor is too old or executable memory is refused
   */
  static Prepared prepare(
      HostPowers host, InstructionSet instructionSet, Map<String, String> options) {
    CodeMemory code = host.codeMemory(codeBytes(options));
    CpuFeatures features = probe(code, host);
    if (!features.popcnt() || !features.sse41()) {
      code.close();
      throw new VivariumException("machine code needs an x86-64-v2 processor");
    }
    Layout layout = new Layout(instructionSet.banks());
    X64Assembler asm = new X64Assembler(4096);
    Stubs stubs = new Stubs(asm, layout);
    CodeArea area = new CodeArea(code);
    area.append(asm);
    area.keep();
    return new Prepared(layout, area, stubs, code.entry(stubs.enter), features);
  }
}
