package vivarium.cpu.translation.x64;

import static vivarium.cpu.translation.x64.Listing.ANY;
import static vivarium.cpu.translation.x64.Listing.BYTE;
import static vivarium.cpu.translation.x64.Listing.DWORD;
import static vivarium.cpu.translation.x64.Listing.QWORD;
import static vivarium.cpu.translation.x64.Listing.WORD;
import static vivarium.cpu.translation.x64.X64Op.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Integer operations: what binutils reads is what was asked for. */
class IntegerEncodingTest {
  private static final char[] SIZES = {BYTE, WORD, DWORD, QWORD};
  private static final char[] WIDE = {DWORD, QWORD};

  static final String[] CONDITIONS = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };

  private final Listing listing = new Listing();
  private final Forms forms = new Forms(listing);

  @AfterEach
  void binutilsReadsTheSame() throws Exception {
    listing.check();
  }

  @Test
  void arithmeticInEverySizeAndForm() {
    String[] names = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "mov"};
    int[][] ops = {
      {ADD8, ADD16, ADD32, ADD64},
      {OR8, OR16, OR32, OR64},
      {ADC8, ADC16, ADC32, ADC64},
      {SBB8, SBB16, SBB32, SBB64},
      {AND8, AND16, AND32, AND64},
      {SUB8, SUB16, SUB32, SUB64},
      {XOR8, XOR16, XOR32, XOR64},
      {CMP8, CMP16, CMP32, CMP64},
      {MOV8, MOV16, MOV32, MOV64}
    };
    for (int i = 0; i < names.length; i++) {
      for (int size = 0; size < SIZES.length; size++) {
        forms.rr(ops[i][size], names[i], SIZES[size], SIZES[size]);
        forms.rm(ops[i][size], names[i], SIZES[size], SIZES[size]);
        forms.mr(ops[i][size], names[i], SIZES[size], SIZES[size]);
        forms.ri(ops[i][size], names[i], SIZES[size]);
        forms.mi(ops[i][size], names[i], SIZES[size]);
      }
    }
  }

  @Test
  void testAndExchange() {
    int[] tests = {TEST8, TEST16, TEST32, TEST64};
    for (int size = 0; size < SIZES.length; size++) {
      forms.rrPrintedSwapped(tests[size], "test", SIZES[size]);
      forms.rmPrintedSwapped(tests[size], "test", SIZES[size]);
      forms.ri(tests[size], "test", SIZES[size]);
      forms.mi(tests[size], "test", SIZES[size]);
    }
    // binutils prints the exchange of rax with itself like any other, never as nop.
    int[] exchanges = {XCHG32, XCHG64};
    int[] compareExchanges = {CMPXCHG32, CMPXCHG64};
    int[] exchangeAdds = {XADD32, XADD64};
    for (int size = 0; size < WIDE.length; size++) {
      forms.rrPrintedSwapped(exchanges[size], "xchg", WIDE[size]);
      forms.mr(exchanges[size], "xchg", WIDE[size], WIDE[size]);
      forms.mr(compareExchanges[size], "cmpxchg", WIDE[size], WIDE[size]);
      forms.mr(exchangeAdds[size], "xadd", WIDE[size], WIDE[size]);
    }
  }

  @Test
  void extendingMovesAndAddresses() {
    extension(MOVZX32_8, "movzx", DWORD, BYTE);
    extension(MOVZX32_16, "movzx", DWORD, WORD);
    extension(MOVSX32_8, "movsx", DWORD, BYTE);
    extension(MOVSX32_16, "movsx", DWORD, WORD);
    extension(MOVSX64_8, "movsx", QWORD, BYTE);
    extension(MOVSX64_16, "movsx", QWORD, WORD);
    extension(MOVSXD, "movsxd", QWORD, DWORD);
    forms.rm(LEA32, "lea", DWORD, ANY);
    forms.rm(LEA64, "lea", QWORD, ANY);
  }

  private void extension(int op, String name, char to, char from) {
    forms.rr(op, name, to, from);
    forms.rm(op, name, to, from);
  }

  @Test
  void productsAndUnaryOperations() {
    int[] products = {IMUL32, IMUL64};
    for (int size = 0; size < WIDE.length; size++) {
      extension(products[size], "imul", WIDE[size], WIDE[size]);
      for (int value : new int[] {1, -128, 127, 128, -129, 0x12345678}) {
        String text = "," + Listing.imm(WIDE[size], value);
        forms.rri(products[size], "imul", WIDE[size], WIDE[size], value, text);
        forms.rmi(products[size], "imul", WIDE[size], WIDE[size], value, text);
      }
    }
    String[] names = {"not", "neg", "mul", "imul", "div", "idiv"};
    int[][] ops = {
      {NOT32, NOT64},
      {NEG32, NEG64},
      {MUL1_32, MUL1_64},
      {IMUL1_32, IMUL1_64},
      {DIV32, DIV64},
      {IDIV32, IDIV64}
    };
    for (int i = 0; i < names.length; i++) {
      unary(names[i], ops[i], "");
    }
    forms.r(RDGSBASE, "rdgsbase", QWORD, "");
    forms.r(WRGSBASE, "wrgsbase", QWORD, "");
  }

  private void unary(String name, int[] ops, String suffix) {
    for (int size = 0; size < WIDE.length; size++) {
      forms.r(ops[size], name, WIDE[size], suffix);
      forms.m(ops[size], name, WIDE[size], suffix);
    }
  }

  @Test
  void shiftsByImmediateAndByCl() {
    String[] names = {"rol", "ror", "shl", "shr", "sar"};
    int[][] immediate = {
      {ROL32, ROL64}, {ROR32, ROR64}, {SHL32, SHL64}, {SHR32, SHR64}, {SAR32, SAR64}
    };
    int[][] byCl = {
      {ROL32_CL, ROL64_CL},
      {ROR32_CL, ROR64_CL},
      {SHL32_CL, SHL64_CL},
      {SHR32_CL, SHR64_CL},
      {SAR32_CL, SAR64_CL}
    };
    for (int i = 0; i < names.length; i++) {
      counted(names[i], immediate[i]);
      unary(names[i], byCl[i], ",cl");
    }
  }

  private void counted(String name, int[] ops) {
    for (int size = 0; size < WIDE.length; size++) {
      forms.countedRi(ops[size], name, WIDE[size]);
      forms.countedMi(ops[size], name, WIDE[size]);
    }
  }

  @Test
  void bitTestsAndCounts() {
    String[] tests = {"bt", "bts", "btr", "btc"};
    int[][] immediate = {
      {BT32_IMM, BT64_IMM}, {BTS32_IMM, BTS64_IMM}, {BTR32_IMM, BTR64_IMM}, {BTC32_IMM, BTC64_IMM}
    };
    int[][] register = {{BT32, BT64}, {BTS32, BTS64}, {BTR32, BTR64}, {BTC32, BTC64}};
    for (int i = 0; i < tests.length; i++) {
      counted(tests[i], immediate[i]);
      forms.rr(register[i][0], tests[i], DWORD, DWORD);
      forms.rr(register[i][1], tests[i], QWORD, QWORD);
    }
    String[] counts = {"bsf", "bsr", "tzcnt", "lzcnt", "popcnt"};
    int[][] ops = {
      {BSF32, BSF64}, {BSR32, BSR64}, {TZCNT32, TZCNT64}, {LZCNT32, LZCNT64}, {POPCNT32, POPCNT64}
    };
    for (int i = 0; i < counts.length; i++) {
      extension(ops[i][0], counts[i], DWORD, DWORD);
      extension(ops[i][1], counts[i], QWORD, QWORD);
    }
  }

  @Test
  void conditionalMovesAndSets() {
    for (int cc = 0; cc < CONDITIONS.length; cc++) {
      extension(CMOV32 | cc, "cmov" + CONDITIONS[cc], DWORD, DWORD);
      extension(CMOV64 | cc, "cmov" + CONDITIONS[cc], QWORD, QWORD);
      forms.r(SETCC | cc, "set" + CONDITIONS[cc], BYTE, "");
      forms.m(SETCC | cc, "set" + CONDITIONS[cc], BYTE, "");
    }
  }

  @Test
  void bitManipulationWithVex() {
    String[] counted = {"shlx", "sarx", "shrx", "bextr"};
    int[][] countedOps = {{SHLX32, SHLX64}, {SARX32, SARX64}, {SHRX32, SHRX64}, {BEXTR32, BEXTR64}};
    String[] masked = {"andn", "mulx"};
    int[][] maskedOps = {{ANDN32, ANDN64}, {MULX32, MULX64}};
    String[] lowest = {"blsr", "blsmsk", "blsi"};
    int[][] lowestOps = {{BLSR32, BLSR64}, {BLSMSK32, BLSMSK64}, {BLSI32, BLSI64}};
    int[] rotates = {RORX32, RORX64};
    for (int size = 0; size < WIDE.length; size++) {
      for (int i = 0; i < counted.length; i++) {
        forms.rrr(countedOps[i][size], counted[i], WIDE[size]);
        forms.rmr(countedOps[i][size], counted[i], WIDE[size]);
      }
      for (int i = 0; i < masked.length; i++) {
        forms.rrr(maskedOps[i][size], masked[i], WIDE[size]);
        forms.rrm(maskedOps[i][size], masked[i], WIDE[size], WIDE[size]);
      }
      for (int i = 0; i < lowest.length; i++) {
        forms.rr(lowestOps[i][size], lowest[i], WIDE[size], WIDE[size]);
      }
      forms.rri(rotates[size], "rorx", WIDE[size], WIDE[size], 13, ",0xd");
      forms.rmi(rotates[size], "rorx", WIDE[size], WIDE[size], 31, ",0x1f");
    }
  }
}
