package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionTable;
import vivarium.isa.riscv.insn.ElfImage;
import vivarium.isa.riscv.insn.RiscvTable;
import vivarium.isa.riscv.insn.Tool;
import vivarium.testkit.RiscvStreams;
import vivarium.testkit.TestMachine;

/**
 * Random streams of unprivileged instructions against QEMU's user mode: all registers, fcsr and
 * memory after each stream. {@code -Dvivarium.qemu.batches} runs more of them, {@code
 * -Dvivarium.qemu.seed} others.
 */
class QemuStreamTest {
  private static final int BATCHES = Integer.getInteger("vivarium.qemu.batches", 1);
  private static final long SEED = Long.getLong("vivarium.qemu.seed", 20_261_122);
  private static final int STREAMS = 1000;
  private static final int UNITS = 60;
  private static final int MSTATUS = 0x300;
  private static final int FS_DIRTY = 3 << 13;
  private static final long RAM_BYTES = 32 << 20;

  /** QEMU 7.2 does not know Zicond, and looks for ctzw's bits in the upper word too. */
  private static final List<String> NOT_IN_QEMU = List.of("czero.eqz", "czero.nez", "ctzw");

  /** What unprivileged streams cannot run. */
  private static final Set<String> PRIVILEGED =
      Set.of("ecall", "ebreak", "c.ebreak", "mret", "sret", "wfi", "sfence.vma");

  private final InstructionTable table = RiscvTable.table();
  @TempDir private Path directory;

  @Test
  void randomStreamsLeaveRegistersAndMemoryAsQemuDoes() throws Exception {
    Tool qemu = Tool.orSkip("qemu-riscv64");
    for (int batch = 0; batch < BATCHES; batch++) {
      long seed = SEED + batch;
      RiscvStreams streams = streams(seed);
      Path program = directory.resolve("streams.elf");
      Files.write(program, ElfImage.of(streams.image(), TestMachine.RAM_BASE, 0));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      byte[] expected =
          qemu.run(List.of("-cpu", "rv64,zba=true,zbb=true,zbs=true", program.toString()));
      assertThat(expected).hasSize(streams.resultBytes());
      assertThat(streams.differences(expected, run(streams))).as("seed %d", seed).isEmpty();
    }
  }

  @Test
  void streamsUseEveryInstruction() {
    Set<String> unused =
        Stream.concat(
                table.instructions().stream().map(Instruction::name), table.aliases().stream())
            .filter(name -> !PRIVILEGED.contains(name) && !NOT_IN_QEMU.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    unused.removeAll(streams(SEED).uses().keySet());
    assertThat(unused).isEmpty();
  }

  private RiscvStreams streams(long seed) {
    return new RiscvStreams(table, TestMachine.RAM_BASE, STREAMS, UNITS, seed, NOT_IN_QEMU);
  }

  private static byte[] run(RiscvStreams streams) {
    TestMachine machine = new TestMachine(new RiscvInstructionSet(), 1, RAM_BYTES);
    HartBlock block = machine.hart().block();
    machine.memory().write(TestMachine.RAM_BASE, MemorySegment.ofArray(streams.image()));
    ((RiscvHart) machine.hart()).writeCsr(MSTATUS, FS_DIRTY);
    block.setPc(TestMachine.RAM_BASE);
    long most = 8L * STREAMS * (UNITS * 12 + 200);
    for (long steps = 0; block.pc() != streams.end(); steps++) {
      assertThat(steps).as("steps").isLessThan(most);
      machine.step();
    }
    byte[] results = new byte[streams.resultBytes()];
    machine.memory().read(streams.results(), MemorySegment.ofArray(results));
    return results;
  }
}
