package vivarium.cpu.translation.nativ;

import static vivarium.cpu.translation.nativ.Layout.BLOCK;
import static vivarium.cpu.translation.x64.X64.RAX;
import static vivarium.cpu.translation.x64.X64.RCX;
import static vivarium.cpu.translation.x64.X64.RDX;
import static vivarium.cpu.translation.x64.X64Op.MOV64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.GuestMemory;
import vivarium.cpu.translation.graph.CodeSource;
import vivarium.cpu.translation.graph.Graph;
import vivarium.cpu.translation.graph.InstructionTemplate;
import vivarium.cpu.translation.graph.Templates;
import vivarium.cpu.translation.graph.TraceBuilder;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * Makes plain code: the {@link Snippets} of a trace's instructions one behind the other. It takes a
 * fraction of the time that a graph takes, and the code is slower, so it is for what may run a few
 * times only. Its traces have the shape of {@link TraceBuilder}'s. Loops of one trace, instructions
 * across pages and traces that compute with floats are left to the graph.
 */
final class PlainCompiler {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final int LONGEST_INSTRUCTION = Integer.BYTES;

  /** Most bytes of code for an instruction beside its snippet, and for an end with a head. */
  private static final int STEP_BYTES = 128;

  /** Odd, so no instruction's address. */
  private static final long NOT_PLAIN = Long.MIN_VALUE | 1;

  /** How a trace ends whose last step has led away; other ends are {@link Graph}'s. */
  private static final int END_INDIRECT = 100;

  private final InstructionSet instructionSet;
  private final Templates meanings;
  private final Snippets snippets;
  private final int maxSteps;
  private final int parcel;
  private final X64Assembler asm = new X64Assembler(1 << 14);
  private final Layout layout;
  private final Leaving leaving;
  private final CodeRanges ranges = new CodeRanges();

  private final Snippet[] steps;
  private final InstructionTemplate[] templates;
  private final Decoded[] instructions;
  private final long[] pcs;
  private final Snippet.Kind[] kinds;

  /** KNOWN: what is written; DIRECT and BRANCH: where it leads. */
  private final long[] values;

  private final long[] scratch = new long[InstructionTemplate.MAX_NODES];
  private int count;
  private int end;
  private long endPc;
  private @Nullable Decoded opaque;

  /** The register whose value the last KNOWN step told, or -1. */
  private int knownRegister;

  private long knownValue;

  /**
   * @param sites all sites of the engine, by number
   * @param maxSteps most instructions in a trace
   */
  PlainCompiler(
      InstructionSet instructionSet,
      Templates meanings,
      Prepared prepared,
      List<@Nullable Site> sites,
      int maxSteps) {
    this.instructionSet = instructionSet;
    this.maxSteps = maxSteps;
    parcel = instructionSet.instructionAlignment();
    layout = prepared.layout();
    this.meanings = meanings;
    snippets = new Snippets(prepared, instructionSet.table().instructions().size());
    Trace none = new Trace(0, 0, 0, -1, 0);
    leaving = new Leaving(asm, snippets.residents(), prepared.stubs(), sites, none);
    steps = new Snippet[maxSteps];
    templates = new InstructionTemplate[maxSteps];
    instructions = new Decoded[maxSteps];
    pcs = new long[maxSteps];
    kinds = new Snippet.Kind[maxSteps];
    values = new long[maxSteps];
  }

  /** The code of the last trace compiled. */
  X64Assembler code() {
    return asm;
  }

  /**
   * Reads the instructions of the trace at {@code pc}.
   *
   * @param gpa where that instruction lies in guest-physical memory
   * @param ready the hart's units that may be used
   * @param uniform whether the data TLB has one addend
   * @return false if it is one for the graph
   */
  boolean read(CodeSource source, long pc, long gpa, int ready, boolean uniform) {
    count = 0;
    opaque = null;
    end = -1;
    knownRegister = -1;
    ranges.clear();
    long at = pc;
    while (end < 0) {
      long next = step(source, at, gpa - pc, pc, ready, uniform);
      if (next == NOT_PLAIN) {
        return false;
      }
      at = next;
    }
    return true;
  }

  /** Adds one instruction, or ends the trace; returns the pc at which to go on. */
  private long step(
      CodeSource source, long at, long toGpa, long start, int ready, boolean uniform) {
    if (count == maxSteps) {
      return end(Graph.CHAIN, at);
    }
    int room = PAGE_BYTES - ((int) at & PAGE_BYTES - 1);
    int have = room < LONGEST_INSTRUCTION ? parcel : LONGEST_INSTRUCTION;
    int bits = (int) source.load(at + toGpa, have);
    int length = instructionSet.length(bits);
    if (length > have) {
      return count > 0 ? end(Graph.CHAIN, at) : NOT_PLAIN;
    }
    Decoded decoded = instructionSet.table().decode(bits, length);
    if (decoded == null || (instructionSet.requiredUnits(decoded) & ~ready) != 0) {
      ranges.add(at + toGpa, 1);
      return end(Graph.STEP, at);
    }
    InstructionTemplate template = meanings.template(decoded.instruction());
    if (template == null) {
      opaque = decoded;
      ranges.add(at + toGpa, length);
      return end(Graph.OPAQUE, at);
    }
    Snippet snippet = snippets.of(template, decoded, uniform);
    Snippet.Kind kind = kind(snippet, template, decoded);
    if (kind == Snippet.Kind.OTHER) {
      return NOT_PLAIN;
    }
    steps[count] = snippet;
    templates[count] = template;
    instructions[count] = decoded;
    kinds[count] = kind;
    pcs[count] = at;
    long next = add(kind, template, decoded, at);
    ranges.add(at + toGpa, length);
    if (end >= 0) {
      return values[count - 1] == start && kind == Snippet.Kind.BRANCH ? NOT_PLAIN : next;
    }
    if (next == start) {
      return NOT_PLAIN;
    }
    boolean jumps = next != at + length;
    if (jumps && visited(next)
        || (next ^ start) >>> GuestMemory.PAGE_SHIFT != 0
        || count >= TraceBuilder.LEAST_STEPS && source.isHead(next + toGpa)) {
      end(Graph.CHAIN, next);
    }
    return next;
  }

  private long end(int kind, long pc) {
    end = kind;
    endPc = pc;
    return pc;
  }

  /** Adds an instruction; returns the pc that follows in the trace. */
  private long add(Snippet.Kind kind, InstructionTemplate template, Decoded decoded, long at) {
    long next = at + decoded.length();
    int destination = template.destination(decoded);
    switch (kind) {
      case KNOWN, DIRECT -> values[count] = template.evaluate(decoded, at, knownValue, scratch);
      case BRANCH -> values[count] = at + template.branchOffset(decoded);
      default -> values[count] = 0;
    }
    if (kind == Snippet.Kind.KNOWN || kind == Snippet.Kind.DIRECT && destination >= 0) {
      knownRegister = destination;
      knownValue = kind == Snippet.Kind.KNOWN ? values[count] : next;
    } else if (destination == knownRegister) {
      knownRegister = -1;
    }
    long value = values[count++];
    if (kind == Snippet.Kind.BRANCH && Long.compareUnsigned(value, at) <= 0) {
      end(Graph.CHAIN, next);
    } else if (kind == Snippet.Kind.INDIRECT) {
      end(END_INDIRECT, 0);
    }
    return kind == Snippet.Kind.DIRECT ? value : next;
  }

  /** What is known of the step before may tell all of this one. */
  private Snippet.Kind kind(Snippet snippet, InstructionTemplate template, Decoded decoded) {
    Instruction.Result result = template.kind();
    if (result == Instruction.Result.REGISTER || result == Instruction.Result.JUMP) {
      if (template.isKnown(decoded, knownRegister)) {
        return result == Instruction.Result.JUMP ? Snippet.Kind.DIRECT : Snippet.Kind.KNOWN;
      }
    }
    for (Snippet.Immediate one : snippet.immediates()) {
      if (!Places.isImm32(template.immediate(decoded, one.parameter()))) {
        return Snippet.Kind.OTHER;
      }
    }
    return snippet.kind();
  }

  private boolean visited(long pc) {
    for (int i = 0; i < count; i++) {
      if (pcs[i] == pc) {
        return true;
      }
    }
    return false;
  }

  /** Compiles what has been read for a trace whose place in code memory is known. */
  void compile(Trace trace) {
    trace.plain = true;
    trace.ranges = ranges.toArray();
    asm.reset();
    asm.reserve(STEP_BYTES);
    leaving.begin(trace, count, false);
    for (int i = 0; i < count; i++) {
      Snippet snippet = steps[i];
      asm.reserve(snippet.code().length + STEP_BYTES);
      int destination = templates[i].destination(instructions[i]);
      long next = pcs[i] + instructions[i].length();
      switch (kinds[i]) {
        case KNOWN -> set(destination, values[i], RAX);
        case DIRECT -> set(destination, next, RAX);
        case BODY -> {
          put(trace, i);
          if (destination >= 0) {
            store(destination, snippet.host());
          }
        }
        case BRANCH -> {
          put(trace, i);
          leaving.branch(values[i], count - i - 1, snippet.host());
        }
        case INDIRECT -> {
          put(trace, i);
          jump(destination, next, snippet.host());
        }
        case OTHER -> throw new IllegalStateException("no plain code for " + instructions[i]);
      }
    }
    if (end != END_INDIRECT) {
      asm.reserve(STEP_BYTES);
      leaving.end(end, endPc, opaque);
    }
    leaving.finish();
  }

  /** Fetches an instruction's operands and appends its code. */
  private void put(Trace trace, int step) {
    Snippet snippet = steps[step];
    InstructionTemplate template = templates[step];
    Decoded decoded = instructions[step];
    for (int i = 0; i < template.parameters(); i++) {
      if (template.isRegister(i)) {
        load(Snippet.input(i), template.register(decoded, i));
      }
    }
    int base = asm.position();
    asm.append(snippet.code());
    for (Snippet.Immediate one : snippet.immediates()) {
      asm.patch32(base + one.at(), (int) template.immediate(decoded, one.parameter()));
    }
    for (Snippet.Place place : snippet.pauses()) {
      int tried = trace.code + base + place.tried();
      int unmade = count - step;
      Suspension site =
          leaving.newSuspension(Site.Kind.ACCESS, pcs[step], unmade, place.pause(), tried);
      int label = leaving.coldLabel(site);
      for (int miss : place.misses()) {
        asm.waitAt(label, base + miss);
      }
    }
  }

  private void load(int host, int register) {
    int pin = register < 0 ? -1 : layout.pin(register);
    if (register < 0) {
      asm.movImm32(host, 0);
    } else if (pin >= 0) {
      asm.rr(MOV64, host, pin);
    } else {
      asm.rm(MOV64, host, BLOCK, Layout.register(register));
    }
  }

  private void store(int register, int host) {
    int pin = layout.pin(register);
    if (pin >= 0) {
      asm.rr(MOV64, pin, host);
    } else {
      asm.mr(MOV64, BLOCK, Layout.register(register), host);
    }
  }

  /** Notes the next address, if it is to be noted, and jumps. */
  private void jump(int destination, long next, int target) {
    int first = target == RCX ? RAX : RCX;
    set(destination, next, first);
    leaving.jump(target, first, target == RDX ? RAX : RDX);
  }

  /** Makes a guest register, if it is one, a value, by way of a temporary. */
  private void set(int register, long value, int temporary) {
    if (register < 0) {
      return;
    }
    int pin = layout.pin(register);
    if (pin >= 0) {
      asm.movImm64(pin, value);
    } else if (Places.isImm32(value)) {
      asm.mi(MOV64, BLOCK, Layout.register(register), (int) value);
    } else {
      asm.movImm64(temporary, value);
      asm.mr(MOV64, BLOCK, Layout.register(register), temporary);
    }
  }

  /** What has been read, for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("0x%x  %s%n".formatted(pcs[i], instructions[i]));
    }
    if (opaque != null) {
      text.append("0x%x  %s%n".formatted(endPc, opaque));
    }
    return text.toString();
  }
}
