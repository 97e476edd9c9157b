package vivarium.isa.riscv.insn;

import vivarium.api.isa.Alias;
import vivarium.api.isa.Extension;

/**
 * C: 16-bit forms of other instructions. Reserved values of their fields are no encodings; hints
 * (such as {@code c.li} to x0) expand to instructions without effect.
 */
@Extension("C")
@Alias(
    name = "c.addi4spn",
    value = "000 nzuimm[5:4|9:6|2|3] rd' 00",
    as = "addi rd=rd' rs1=2 imm=nzuimm",
    unless = "nzuimm=0",
    asm = "rd', sp, nzuimm")
@Alias(
    name = "c.fld",
    value = "001 uimm[5:3] rs1' uimm[7:6] fd' 00",
    as = "fld fd=fd' rs1=rs1' imm=uimm",
    asm = "fd', uimm(rs1')")
@Alias(
    name = "c.lw",
    value = "010 uimm[5:3] rs1' uimm[2|6] rd' 00",
    as = "lw rd=rd' rs1=rs1' imm=uimm",
    asm = "rd', uimm(rs1')")
@Alias(
    name = "c.ld",
    value = "011 uimm[5:3] rs1' uimm[7:6] rd' 00",
    as = "ld rd=rd' rs1=rs1' imm=uimm",
    asm = "rd', uimm(rs1')")
@Alias(
    name = "c.fsd",
    value = "101 uimm[5:3] rs1' uimm[7:6] fs2' 00",
    as = "fsd fs2=fs2' rs1=rs1' imm=uimm",
    asm = "fs2', uimm(rs1')")
@Alias(
    name = "c.sw",
    value = "110 uimm[5:3] rs1' uimm[2|6] rs2' 00",
    as = "sw rs2=rs2' rs1=rs1' imm=uimm",
    asm = "rs2', uimm(rs1')")
@Alias(
    name = "c.sd",
    value = "111 uimm[5:3] rs1' uimm[7:6] rs2' 00",
    as = "sd rs2=rs2' rs1=rs1' imm=uimm",
    asm = "rs2', uimm(rs1')")
@Alias(name = "c.nop", value = "0000000000000001", as = "addi rd=0 rs1=0 imm=0")
@Alias(name = "c.addi", value = "000 imm[5] rd imm[4:0] 01", as = "addi rd=rd rs1=rd imm=imm")
@Alias(name = "c.addiw", value = "001 imm[5] rd!=0 imm[4:0] 01", as = "addiw rd=rd rs1=rd imm=imm")
@Alias(name = "c.li", value = "010 imm[5] rd imm[4:0] 01", as = "addi rd=rd rs1=0 imm=imm")
@Alias(
    name = "c.addi16sp",
    value = "011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01",
    as = "addi rd=2 rs1=2 imm=nzimm",
    unless = "nzimm=0",
    asm = "sp, nzimm")
@Alias(
    name = "c.lui",
    value = "011 imm20[5] rd imm20[4:0] 01",
    as = "lui rd=rd imm20=imm20",
    unless = "rd=2, imm20=0")
@Alias(
    name = "c.srli",
    value = "100 shamt[5] 00 rd' shamt[4:0] 01",
    as = "srli rd=rd' rs1=rd' shamt=shamt")
@Alias(
    name = "c.srai",
    value = "100 shamt[5] 01 rd' shamt[4:0] 01",
    as = "srai rd=rd' rs1=rd' shamt=shamt")
@Alias(name = "c.andi", value = "100 imm[5] 10 rd' imm[4:0] 01", as = "andi rd=rd' rs1=rd' imm=imm")
@Alias(name = "c.sub", value = "100 0 11 rd' 00 rs2' 01", as = "sub rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.xor", value = "100 0 11 rd' 01 rs2' 01", as = "xor rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.or", value = "100 0 11 rd' 10 rs2' 01", as = "or rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.and", value = "100 0 11 rd' 11 rs2' 01", as = "and rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.subw", value = "100 1 11 rd' 00 rs2' 01", as = "subw rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.addw", value = "100 1 11 rd' 01 rs2' 01", as = "addw rd=rd' rs1=rd' rs2=rs2'")
@Alias(name = "c.j", value = "101 imm[11|4|9:8|10|6|7|3:1|5] 01", as = "jal rd=0 imm=imm")
@Alias(
    name = "c.beqz",
    value = "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",
    as = "beq rs1=rs1' rs2=0 imm=imm")
@Alias(
    name = "c.bnez",
    value = "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01",
    as = "bne rs1=rs1' rs2=0 imm=imm")
@Alias(
    name = "c.slli",
    value = "000 shamt[5] rd shamt[4:0] 10",
    as = "slli rd=rd rs1=rd shamt=shamt")
@Alias(
    name = "c.fldsp",
    value = "001 uimm[5] fd uimm[4:3|8:6] 10",
    as = "fld fd=fd rs1=2 imm=uimm",
    asm = "fd, uimm(sp)")
@Alias(
    name = "c.lwsp",
    value = "010 uimm[5] rd!=0 uimm[4:2|7:6] 10",
    as = "lw rd=rd rs1=2 imm=uimm",
    asm = "rd, uimm(sp)")
@Alias(
    name = "c.ldsp",
    value = "011 uimm[5] rd!=0 uimm[4:3|8:6] 10",
    as = "ld rd=rd rs1=2 imm=uimm",
    asm = "rd, uimm(sp)")
@Alias(name = "c.jr", value = "100 0 rs1!=0 00000 10", as = "jalr rd=0 rs1=rs1 imm=0")
@Alias(name = "c.mv", value = "100 0 rd rs2!=0 10", as = "add rd=rd rs1=0 rs2=rs2")
@Alias(name = "c.ebreak", value = "1001000000000010", as = "ebreak")
@Alias(name = "c.jalr", value = "100 1 rs1!=0 00000 10", as = "jalr rd=1 rs1=rs1 imm=0")
@Alias(name = "c.add", value = "100 1 rd rs2!=0 10", as = "add rd=rd rs1=rd rs2=rs2")
@Alias(
    name = "c.fsdsp",
    value = "101 uimm[5:3|8:6] fs2 10",
    as = "fsd fs2=fs2 rs1=2 imm=uimm",
    asm = "fs2, uimm(sp)")
@Alias(
    name = "c.swsp",
    value = "110 uimm[5:2|7:6] rs2 10",
    as = "sw rs2=rs2 rs1=2 imm=uimm",
    asm = "rs2, uimm(sp)")
@Alias(
    name = "c.sdsp",
    value = "111 uimm[5:3|8:6] rs2 10",
    as = "sd rs2=rs2 rs1=2 imm=uimm",
    asm = "rs2, uimm(sp)")
public final class Rv64c {
  private Rv64c() {}
}
