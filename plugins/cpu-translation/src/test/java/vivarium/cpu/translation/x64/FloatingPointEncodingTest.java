package vivarium.cpu.translation.x64;

import static vivarium.cpu.translation.x64.Listing.DWORD;
import static vivarium.cpu.translation.x64.Listing.QWORD;
import static vivarium.cpu.translation.x64.Listing.XMM;
import static vivarium.cpu.translation.x64.X64Op.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SSE, SSE4.1 and FMA3 operations: what binutils reads is what was asked for. */
class FloatingPointEncodingTest {
  private final Listing listing = new Listing();
  private final Forms forms = new Forms(listing);

  @AfterEach
  void binutilsReadsTheSame() throws Exception {
    listing.check();
  }

  @Test
  void moves() {
    move(MOVSS, "movss", XMM, DWORD);
    move(MOVSD, "movsd", XMM, QWORD);
    move(MOVAPS, "movaps", XMM, XMM);
    move(MOVAPD, "movapd", XMM, XMM);
    move(MOVUPS, "movups", XMM, XMM);
    move(MOVD, "movd", DWORD, DWORD);
    move(MOVQ, "movq", QWORD, QWORD);
    forms.rr(MOVD_TO_GPR, "movd", DWORD, XMM);
    forms.rr(MOVQ_TO_GPR, "movq", QWORD, XMM);
    forms.rr(MOVQ_XMM, "movq", XMM, XMM);
    forms.rm(MOVQ_XMM, "movq", XMM, QWORD);
  }

  private void move(int op, String name, char register, char memory) {
    forms.rr(op, name, XMM, register);
    forms.rm(op, name, XMM, memory);
    forms.mr(op, name, memory, XMM);
  }

  @Test
  void scalarArithmeticAndCompares() {
    String[] names = {"sqrt", "add", "mul", "sub", "min", "div", "max", "ucomi", "comi"};
    int[] singles = {SQRTSS, ADDSS, MULSS, SUBSS, MINSS, DIVSS, MAXSS, UCOMISS, COMISS};
    int[] doubles = {SQRTSD, ADDSD, MULSD, SUBSD, MINSD, DIVSD, MAXSD, UCOMISD, COMISD};
    for (int i = 0; i < names.length; i++) {
      scalar(singles[i], names[i] + "ss", XMM, XMM, DWORD);
      scalar(doubles[i], names[i] + "sd", XMM, XMM, QWORD);
    }
  }

  private void scalar(int op, String name, char first, char second, char memory) {
    forms.rr(op, name, first, second);
    forms.rm(op, name, first, memory);
  }

  @Test
  void comparesIntoAMask() {
    String[] predicates = {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"};
    for (int i = 0; i < predicates.length; i++) {
      String single = "cmp" + predicates[i] + "ss";
      String twice = "cmp" + predicates[i] + "sd";
      forms.rri(CMPSS, single, XMM, XMM, i, "");
      forms.rri(CMPSD, twice, XMM, XMM, i, "");
      forms.rmi(CMPSS, single, XMM, DWORD, i, "");
      forms.rmi(CMPSD, twice, XMM, QWORD, i, "");
    }
  }

  @Test
  void conversions() {
    scalar(CVTSI2SS32, "cvtsi2ss", XMM, DWORD, DWORD);
    scalar(CVTSI2SS64, "cvtsi2ss", XMM, QWORD, QWORD);
    scalar(CVTSI2SD32, "cvtsi2sd", XMM, DWORD, DWORD);
    scalar(CVTSI2SD64, "cvtsi2sd", XMM, QWORD, QWORD);
    scalar(CVTTSS2SI32, "cvttss2si", DWORD, XMM, DWORD);
    scalar(CVTTSS2SI64, "cvttss2si", QWORD, XMM, DWORD);
    scalar(CVTTSD2SI32, "cvttsd2si", DWORD, XMM, QWORD);
    scalar(CVTTSD2SI64, "cvttsd2si", QWORD, XMM, QWORD);
    scalar(CVTSS2SI32, "cvtss2si", DWORD, XMM, DWORD);
    scalar(CVTSS2SI64, "cvtss2si", QWORD, XMM, DWORD);
    scalar(CVTSD2SI32, "cvtsd2si", DWORD, XMM, QWORD);
    scalar(CVTSD2SI64, "cvtsd2si", QWORD, XMM, QWORD);
    scalar(CVTSS2SD, "cvtss2sd", XMM, XMM, DWORD);
    scalar(CVTSD2SS, "cvtsd2ss", XMM, XMM, QWORD);
  }

  @Test
  void bitwiseOperations() {
    scalar(ANDPS, "andps", XMM, XMM, XMM);
    scalar(ANDPD, "andpd", XMM, XMM, XMM);
    scalar(ANDNPS, "andnps", XMM, XMM, XMM);
    scalar(ANDNPD, "andnpd", XMM, XMM, XMM);
    scalar(ORPS, "orps", XMM, XMM, XMM);
    scalar(ORPD, "orpd", XMM, XMM, XMM);
    scalar(XORPS, "xorps", XMM, XMM, XMM);
    scalar(XORPD, "xorpd", XMM, XMM, XMM);
    scalar(PAND, "pand", XMM, XMM, XMM);
    scalar(PANDN, "pandn", XMM, XMM, XMM);
    scalar(POR, "por", XMM, XMM, XMM);
    scalar(PXOR, "pxor", XMM, XMM, XMM);
    scalar(PCMPEQD, "pcmpeqd", XMM, XMM, XMM);
    forms.countedRi(PSRLQ, "psrlq", XMM);
    forms.countedRi(PSLLQ, "psllq", XMM);
  }

  @Test
  void roundingAndBlending() {
    for (int control = 0; control < 16; control++) {
      String text = ",0x" + Integer.toHexString(control);
      forms.rri(ROUNDSS, "roundss", XMM, XMM, control, text);
      forms.rri(ROUNDSD, "roundsd", XMM, XMM, control, text);
      forms.rmi(ROUNDSS, "roundss", XMM, DWORD, control, text);
      forms.rmi(ROUNDSD, "roundsd", XMM, QWORD, control, text);
    }
    for (int a = 0; a < Forms.REGISTERS; a++) {
      int b = (a * 5 + 9) % Forms.REGISTERS;
      listing.expect("blendvps xmm" + a + ",xmm" + b + ",xmm0").rr(BLENDVPS, a, b);
      listing.expect("blendvpd xmm" + a + ",xmm" + b + ",xmm0").rr(BLENDVPD, a, b);
    }
  }

  @Test
  void arithmeticIntoAThirdRegister() {
    String[] names = {"vadd", "vmul", "vsub", "vdiv"};
    int[] singles = {VADDSS, VMULSS, VSUBSS, VDIVSS};
    int[] doubles = {VADDSD, VMULSD, VSUBSD, VDIVSD};
    for (int i = 0; i < names.length; i++) {
      forms.rrr(singles[i], names[i] + "ss", XMM);
      forms.rrm(singles[i], names[i] + "ss", XMM, DWORD);
      forms.rrr(doubles[i], names[i] + "sd", XMM);
      forms.rrm(doubles[i], names[i] + "sd", XMM, QWORD);
    }
  }

  @Test
  void fusedOperations() {
    String[] names = {"vfmadd", "vfmsub", "vfnmadd", "vfnmsub"};
    String[] orders = {"132", "213", "231"};
    int[][] singles = {
      {VFMADD132SS, VFMADD213SS, VFMADD231SS},
      {VFMSUB132SS, VFMSUB213SS, VFMSUB231SS},
      {VFNMADD132SS, VFNMADD213SS, VFNMADD231SS},
      {VFNMSUB132SS, VFNMSUB213SS, VFNMSUB231SS}
    };
    int[][] doubles = {
      {VFMADD132SD, VFMADD213SD, VFMADD231SD},
      {VFMSUB132SD, VFMSUB213SD, VFMSUB231SD},
      {VFNMADD132SD, VFNMADD213SD, VFNMADD231SD},
      {VFNMSUB132SD, VFNMSUB213SD, VFNMSUB231SD}
    };
    for (int i = 0; i < names.length; i++) {
      for (int order = 0; order < orders.length; order++) {
        String name = names[i] + orders[order];
        forms.rrr(singles[i][order], name + "ss", XMM);
        forms.rrm(singles[i][order], name + "ss", XMM, DWORD);
        forms.rrr(doubles[i][order], name + "sd", XMM);
        forms.rrm(doubles[i][order], name + "sd", XMM, QWORD);
      }
    }
  }

  @Test
  void controlRegister() {
    forms.m(LDMXCSR, "ldmxcsr", DWORD, "");
    forms.m(STMXCSR, "stmxcsr", DWORD, "");
  }
}
