package vivarium.isa.riscv.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Encoding;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;
import vivarium.testkit.RiscvDialect;

/**
 * Decoder and disassembler against GNU objdump, which knows nothing of our table. Where the two
 * differ, {@link #expected} says why.
 */
class ObjdumpTest {
  private static final int WORDS = 100_000;
  private static final long SEED = 20_261_122;
  private static final long ADDRESS = 0x10_0000;
  private static final String NONE = "none";
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9']*");
  private static final Pattern NUMBER = Pattern.compile("-?(0x[0-9a-f]+|[0-9]+)");

  /** Reserved encodings that binutils 2.40 decodes all the same, or extensions of long ago. */
  private static final Set<String> NOT_OURS =
      Set.of("c.unimp", "uret", "hret", "dret", "sfence.vm", "c.addi16sp\tsp,0");

  /** What objdump 2.40 wants zero and the manual wants ignored, and what it does not know yet. */
  private static final Set<String> ONLY_OURS =
      Set.of("fence", "fence.i", "fcvt.d.s", "fcvt.d.w", "fcvt.d.wu", "czero.eqz", "czero.nez");

  /** Our particular forms of csr instructions, and what objdump calls them without aliases. */
  private static final Map<String, String> GENERAL =
      Map.ofEntries(
          Map.entry("csrr", "csrrs"),
          Map.entry("csrw", "csrrw"),
          Map.entry("csrwi", "csrrwi"),
          Map.entry("csrrc0", "csrrc"),
          Map.entry("csrrsi0", "csrrsi"),
          Map.entry("csrrci0", "csrrci"),
          Map.entry("csrrw", "csrrw"),
          Map.entry("csrrs", "csrrs"),
          Map.entry("csrrc", "csrrc"),
          Map.entry("csrrwi", "csrrwi"),
          Map.entry("csrrsi", "csrrsi"),
          Map.entry("csrrci", "csrrci"));

  private record Dumped(long address, int bits, String text) {
    String mnemonic() {
      return text.split("\t")[0];
    }

    String operands() {
      int tab = text.indexOf('\t');
      return tab < 0 ? "" : text.substring(tab + 1);
    }
  }

  private final InstructionTable table = RiscvTable.table();
  private final RiscvDialect dialect = new RiscvDialect();
  @TempDir private Path directory;

  @Test
  void everyCompressedParcelIsDecodedAsObjdumpDoes() throws Exception {
    ByteBuffer parcels = ByteBuffer.allocate(2 * 3 << 14).order(ByteOrder.LITTLE_ENDIAN);
    for (int parcel = 0; parcel < 1 << 16; parcel++) {
      if ((parcel & 3) != 3) {
        parcels.putShort((short) parcel);
      }
    }
    List<Dumped> dump = dump(parcels.array());
    assertThat(dump).hasSize(3 << 14);
    assertThat(differences(dump, 2)).isEmpty();
  }

  @Test
  void sampledWordsAreDecodedAsObjdumpDoes() throws Exception {
    Random random = new Random(SEED);
    List<Encoding> encodings = table.instructions().stream().map(one -> one.encoding()).toList();
    ByteBuffer words = ByteBuffer.allocate(4 * WORDS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < WORDS; i++) {
      int word = random.nextInt() | 3;
      if (i % 4 != 0) {
        // Uniform words are hardly ever instructions: most are one, or one bit beside one.
        Encoding encoding = encodings.get(random.nextInt(encodings.size()));
        word = encoding.match() | random.nextInt() & ~encoding.mask();
        word ^= i % 4 == 1 ? 4 << random.nextInt(30) : 0;
      }
      boolean longer = (word & 0x1c) == 0x1c;
      words.putInt(longer ? word & ~0x10 : word);
    }
    List<Dumped> dump = dump(words.array());
    assertThat(dump).hasSize(WORDS);
    assertThat(differences(dump, 4)).isEmpty();
  }

  private List<Dumped> dump(byte[] code) throws Exception {
    Tool objdump = Tool.orSkip("riscv64-linux-gnu-objdump", "riscv64-unknown-elf-objdump");
    Path file = directory.resolve("code.elf");
    Files.write(file, ElfImage.of(code, ADDRESS, 0));
    List<Dumped> dump = new ArrayList<>();
    for (String line : objdump.lines(List.of("-d", "-z", "-M", "no-aliases", file.toString()))) {
      String[] columns = line.split("\t", 3);
      if (columns.length == 3) {
        dump.add(
            new Dumped(
                Long.parseLong(columns[0].strip().replace(":", ""), 16),
                (int) Long.parseLong(columns[1].strip(), 16),
                columns[2].replaceAll(" # .*", "").replaceAll(" <.*", "").strip()));
      }
    }
    return dump;
  }

  private List<String> differences(List<Dumped> dump, int length) {
    return dump.stream()
        .flatMap(
            dumped -> {
              Decoded decoded = table.decode(dumped.bits, length);
              String ours = decoded == null ? NONE : text(decoded, dumped.address);
              String theirs = expected(dumped, decoded);
              return ours.equals(theirs)
                  ? Stream.empty()
                  : Stream.of(Integer.toHexString(dumped.bits) + ": " + ours + " not " + theirs);
            })
        .limit(20)
        .toList();
  }

  /** What objdump says, put as we say it. */
  private String expected(Dumped dumped, @Nullable Decoded decoded) {
    String mnemonic = dumped.mnemonic();
    if (NOT_OURS.contains(mnemonic)
        || NOT_OURS.contains(dumped.text)
        || dumped.operands().endsWith(",unknown")) {
      return NONE;
    }
    if (mnemonic.startsWith(".")) {
      boolean ignored = decoded != null && ONLY_OURS.contains(decoded.mnemonic());
      return ignored ? text(decoded, dumped.address) : NONE;
    }
    if (decoded != null && mnemonic.equals(GENERAL.get(decoded.mnemonic()))) {
      // Which registers have names is not the table's business.
      return text(decoded, dumped.address);
    }
    if (dumped.text.equals("c.addi\tzero,0")) {
      return "c.nop";
    }
    if (mnemonic.equals("unimp")) {
      return "csrw 3072,zero";
    }
    String name = mnemonic.replaceAll("64$|\\.(aq|rl|aqrl)$", "");
    boolean zeroShift = mnemonic.endsWith("64");
    return normal(name, dumped.operands() + (zeroShift ? ",0" : ""));
  }

  /** An instruction or alias in its own notation, with absolute targets as objdump shows them. */
  private String text(Decoded decoded, long address) {
    String mnemonic = decoded.mnemonic();
    Encoding encoding = table.encoding(mnemonic);
    Matcher words = WORD.matcher(table.assembly(mnemonic));
    boolean upper = decoded.instruction().encoding().fieldIndex("imm20") >= 0;
    boolean relative = mnemonic.matches("jal|beq|bne|blt|bge|bltu|bgeu|c\\.j|c\\.b.*z");
    String operands =
        words.replaceAll(
            word -> {
              int field = encoding.fieldIndex(word.group());
              if (field < 0) {
                return word.group();
              }
              long value = encoding.extract(field, decoded.bits());
              OperandField declared = encoding.fields().get(field);
              if (declared.bank() != null) {
                return declared.bank().nameOf((int) value);
              }
              return Long.toString(relative ? value + address : upper ? value & 0xf_ffff : value);
            });
    int rounding = encoding.fieldIndex("rm");
    long mode = rounding < 0 ? 7 : encoding.extract(rounding, decoded.bits());
    boolean exact = mnemonic.matches("fcvt\\.d\\.(s|w|wu)");
    return normal(mnemonic, operands + (mode == 7 || exact ? "" : "," + mode));
  }

  private String normal(String mnemonic, String operands) {
    return (mnemonic
            + " "
            + Stream.of(operands.strip().split("\\s*[,()]\\s*", -1))
                .filter(operand -> !operand.isEmpty())
                .map(this::number)
                .collect(Collectors.joining(",")))
        .strip();
  }

  private String number(String operand) {
    if (NUMBER.matcher(operand).matches()) {
      return operand.startsWith("0x")
          ? Long.toString(Long.parseUnsignedLong(operand.substring(2), 16))
          : operand;
    }
    var symbol = dialect.symbol(operand);
    return symbol.isPresent() ? Long.toString(symbol.getAsLong()) : operand;
  }
}
