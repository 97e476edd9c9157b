package vivarium.api.isa;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The instructions of an instruction set, read from classes of annotated methods: the one source of
 * decoder, disassembler, assembler, interpreter and translator. Immutable, safe from any thread.
 */
public final class InstructionTable {
  /** An alias: which field or constant each field of the target gets. */
  record AliasEntry(
      String name,
      Encoding encoding,
      Instruction target,
      int[] fields,
      long[] constants,
      String assembly) {}

  /**
   * One row of the decoder: an instruction's own encoding, or an alias's. No record: rows are
   * compared by identity, thousands of times at each start.
   */
  private static final class Row {
    final Encoding encoding;
    final Instruction instruction;
    final @Nullable AliasEntry alias;

    Row(Encoding encoding, Instruction instruction, @Nullable AliasEntry alias) {
      this.encoding = encoding;
      this.instruction = instruction;
      this.alias = alias;
    }

    String mnemonic() {
      return alias == null ? instruction.name() : alias.name;
    }
  }

  /**
   * The rows whose fixed bits agree with some bits; the most particular first.
   *
   * @param tests of each row, mask and match: looked through without a look at the rows
   */
  private record Bucket(int[] tests, Row[] rows) {
    static Bucket of(List<Row> rows) {
      int[] tests = new int[2 * rows.size()];
      for (int i = 0; i < rows.size(); i++) {
        tests[2 * i] = rows.get(i).encoding.mask();
        tests[2 * i + 1] = rows.get(i).encoding.match();
      }
      return new Bucket(tests, rows.toArray(Row[]::new));
    }

    @Nullable Row find(int bits, int length) {
      int[] all = tests;
      for (int i = 0; i < all.length; i += 2) {
        if ((bits & all[i]) == all[i + 1]) {
          Encoding encoding = rows[i >> 1].encoding;
          if (encoding.length() == length && !encoding.excludes(bits)) {
            return rows[i >> 1];
          }
        }
      }
      return null;
    }
  }

  private static final int BUCKETS = 1 << 12;

  private static final int LOG_RECENT = 13;
  private static final int RECENT = 1 << LOG_RECENT;

  private final List<Instruction> instructions;
  private final List<AliasEntry> aliases;
  private final Bucket[] buckets = new Bucket[BUCKETS];

  private final List<OperandField> fields;

  /** The table that this one extends. */
  private final @Nullable InstructionTable base;

  /** Of the classes that this table adds to its base. */
  private final MethodHandles.Lookup own;

  /**
   * What was decoded last, by a hash of its bits: programs use few encodings often. Several threads
   * may write here, and lose nothing but time: what they write is immutable.
   */
  private final @Nullable Decoded[] recent = new Decoded[RECENT];

  /**
   * The bits of those, so that one that is not wanted is not touched: it is seldom in the host's
   * caches. A thread may see another's bits beside an older instruction, so they are no proof.
   */
  private final int[] recentBits = new int[RECENT];

  private final @Nullable Invoker[] invokers;
  private @Nullable Invoker invoker;

  private InstructionTable(
      MethodHandles.Lookup own,
      List<OperandField> fields,
      @Nullable InstructionTable base,
      List<Instruction> instructions,
      List<AliasEntry> aliases) {
    this.own = own;
    this.fields = List.copyOf(fields);
    this.base = base;
    this.instructions = List.copyOf(instructions);
    this.invokers = new Invoker[instructions.size()];
    this.aliases = List.copyOf(aliases);
    List<Row> rows = new ArrayList<>();
    instructions.forEach(one -> rows.add(new Row(one.encoding(), one, null)));
    aliases.forEach(alias -> rows.add(new Row(alias.encoding, alias.target, alias)));
    // The more fixed bits, the more particular: "csrr" before "csrrs".
    rows.sort((a, b) -> Integer.bitCount(b.encoding.mask()) - Integer.bitCount(a.encoding.mask()));
    List<List<Row>> lists = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      lists.add(new ArrayList<>(2));
    }
    for (Row row : rows) {
      int mask = bucket(row.encoding.mask());
      int match = bucket(row.encoding.match());
      for (int free = ~mask & BUCKETS - 1, i = free; ; i = i - 1 & free) {
        lists.get(match | i).add(row);
        if (i == 0) {
          break;
        }
      }
    }
    Map<List<Row>, Bucket> distinct = new HashMap<>();
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = distinct.computeIfAbsent(lists.get(i), Bucket::of);
    }
  }

  /** Seven low bits and bits 12 to 16: where most instruction sets keep their opcodes. */
  private static int bucket(int bits) {
    return bits & 0x7f | bits >>> 5 & 0xf80;
  }

  /**
   * Reads a table.
   *
   * @param lookup of the instruction set, in whose package code that calls the methods is defined
   * @param fields what field names mean, in the order in which assembly shows them
   * @param tables the classes, public, in an exported package, compiled with {@code -parameters}
   * @throws IllegalArgumentException if a method or encoding is not as {@link Insn} says
   */
  public static InstructionTable read(
      MethodHandles.Lookup lookup, List<OperandField> fields, List<Class<?>> tables) {
    TableReader reader = new TableReader(fields, List.of(), false);
    tables.forEach(reader::readInstructions);
    tables.forEach(reader::readAliases);
    return new InstructionTable(lookup, fields, null, reader.instructions(), reader.aliases());
  }

  /**
   * A table with the instructions of this one, which keep their numbers, and of further classes,
   * which may be of another module.
   *
   * @param extender a lookup of the further classes' package
   * @throws IllegalArgumentException if a method or encoding is not as {@link Insn} says
   */
  InstructionTable extended(MethodHandles.Lookup extender, List<Class<?>> tables) {
    TableReader reader = new TableReader(fields, instructions, true);
    tables.forEach(reader::readInstructions);
    tables.forEach(reader::readAliases);
    List<AliasEntry> all = new ArrayList<>(aliases);
    all.addAll(reader.aliases());
    return new InstructionTable(extender, fields, this, reader.instructions(), all);
  }

  /** All instructions, by number. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** The generated caller of the methods; made on first use. */
  public synchronized Invoker invoker() {
    Invoker made = invoker;
    if (made == null) {
      InstructionTable extended = base;
      if (extended == null) {
        made = InvokerGenerator.generate(instructions, own);
      } else {
        int first = extended.instructions.size();
        List<Instruction> added = instructions.subList(first, instructions.size());
        Invoker ofAdded = InvokerGenerator.generate(added, own);
        made = new ExtendedInvoker(extended.invoker(), first, ofAdded);
      }
      invoker = made;
    }
    return made;
  }

  /** A caller of one instruction's method, which costs less; made on first use. */
  public synchronized Invoker invoker(Instruction instruction) {
    if (base != null && instruction.number() < base.instructions.size()) {
      return base.invoker(instruction);
    }
    Invoker made = invokers[instruction.number()];
    if (made == null) {
      made = InvokerGenerator.generate(instruction, own);
      invokers[instruction.number()] = made;
    }
    return made;
  }

  /**
   * The lookup in whose package an engine defines hidden classes that call the methods. Such a
   * class sees {@code api} and the instruction set, not the engine, and not what is {@linkplain
   * Instruction#foreign foreign}.
   */
  public MethodHandles.Lookup lookup() {
    return base == null ? own : base.lookup();
  }

  /** An instruction by its mnemonic; several of one name (RISC-V's csr forms) are not possible. */
  public Optional<Instruction> instruction(String mnemonic) {
    return instructions.stream().filter(one -> one.name().equals(mnemonic)).findFirst();
  }

  /**
   * Decodes.
   *
   * @param bits the instruction, in the low bits
   * @param length its length in bytes
   * @return {@code null} if it is none
   */
  public @Nullable Decoded decode(int bits, int length) {
    int low = length == 2 ? bits & 0xffff : bits;
    int place = low * 0x9e37_79b1 >>> Integer.SIZE - LOG_RECENT;
    if (recentBits[place] == low) {
      Decoded known = recent[place];
      if (known != null && known.bits() == low && known.length() == length) {
        return known;
      }
    }
    Row row = buckets[bucket(low)].find(low, length);
    if (row == null) {
      return null;
    }
    Decoded made = decoded(row, low, length);
    recent[place] = made;
    recentBits[place] = low;
    return made;
  }

  private static Decoded decoded(Row row, int bits, int length) {
    Instruction instruction = row.instruction;
    long[] operands = new long[instruction.fields().size()];
    AliasEntry alias = row.alias;
    for (int i = 0; i < operands.length; i++) {
      if (alias == null) {
        operands[i] = row.encoding.extract(i, bits);
      } else {
        int from = alias.fields[i];
        operands[i] = from < 0 ? alias.constants[i] : alias.encoding.extract(from, bits);
      }
    }
    return new Decoded(instruction, row.mnemonic(), bits, length, operands);
  }

  /**
   * Assembles by mnemonic: an instruction or an alias, with its encoding's own fields in
   * declaration order.
   *
   * @throws IllegalArgumentException if there is no such mnemonic or a value does not fit
   */
  public int encode(String mnemonic, long... fields) {
    return encoding(mnemonic).encode(fields);
  }

  /** The encoding of an instruction or alias. */
  public Encoding encoding(String mnemonic) {
    for (Instruction instruction : instructions) {
      if (instruction.name().equals(mnemonic)) {
        return instruction.encoding();
      }
    }
    for (AliasEntry alias : aliases) {
      if (alias.name.equals(mnemonic)) {
        return alias.encoding;
      }
    }
    throw new IllegalArgumentException("no instruction " + mnemonic);
  }

  /** The assembly operands of an instruction or alias, such as {@code rd, imm(rs1)}. */
  public String assembly(String mnemonic) {
    return instruction(mnemonic)
        .map(Instruction::assembly)
        .or(
            () ->
                aliases.stream()
                    .filter(alias -> alias.name.equals(mnemonic))
                    .map(AliasEntry::assembly)
                    .findFirst())
        .orElseThrow(() -> new IllegalArgumentException("no instruction " + mnemonic));
  }

  /** Mnemonics of the aliases, in order. */
  public List<String> aliases() {
    return aliases.stream().map(AliasEntry::name).toList();
  }

  /**
   * Pairs of encodings that some bits match both, although neither is more particular: none in a
   * sound table. An encoding with all fixed bits of another and more is more particular.
   */
  public List<String> overlaps() {
    List<Row> rows = new ArrayList<>();
    instructions.forEach(one -> rows.add(new Row(one.encoding(), one, null)));
    aliases.forEach(alias -> rows.add(new Row(alias.encoding, alias.target, alias)));
    List<String> found = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      for (int j = i + 1; j < rows.size(); j++) {
        Encoding a = rows.get(i).encoding;
        Encoding b = rows.get(j).encoding;
        boolean nested =
            a.mask() != b.mask()
                && ((a.mask() & b.mask()) == a.mask() || (a.mask() & b.mask()) == b.mask());
        if (a.overlaps(b) && !nested) {
          found.add(rows.get(i).mnemonic() + " and " + rows.get(j).mnemonic());
        }
      }
    }
    return Collections.unmodifiableList(found);
  }
}
