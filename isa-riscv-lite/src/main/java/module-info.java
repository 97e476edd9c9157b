/** The instruction set RV64GC as a table of Java methods. */
module vivarium.isa.riscv {
  requires static org.jspecify;
  requires vivarium.api;

  exports vivarium.isa.riscv.insn;

  provides vivarium.api.isa.InstructionSet with
      vivarium.isa.riscv.RiscvInstructionSet;
}
