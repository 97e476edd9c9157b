package vivarium.api.fp;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Executes one RISC-V floating-point instruction on many operands under {@code qemu-riscv64}: a
 * static ELF64 executable, written here by hand, reads records from standard input and writes
 * results to standard output.
 */
final class QemuOracle {
  /** Bytes of an input record: registers a0, a1, a2 (and fa0 to fa2), fcsr. */
  static final int INPUT_BYTES = 32;

  /** Bytes of an output record: the result register, fflags. */
  static final int OUTPUT_BYTES = 16;

  private static final String PROGRAM = "qemu-riscv64";
  private static final int LOAD_ADDRESS = 0x10000;
  private static final int MEMORY_BYTES = 0x300000;
  private static final int ELF_HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int CODE_OFFSET = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;
  private static final int NOP = 0x00000013;
  private static final int FMV_X_D_A0_FA0 = 0xe2050553;

  /** Up to the instruction under test. The input buffer is at 0x100000, the output at 0x200000. */
  private static final int[] PROLOGUE = {
    0x00100437, //         lui    s0, 0x100
    0x001004b7, //         lui    s1, 0x100
    0x00000913, // refill: li     s2, 0
    0x00000513, // read:   li     a0, 0
    0x012405b3, //         add    a1, s0, s2
    0x41248633, //         sub    a2, s1, s2
    0x03f00893, //         li     a7, 63 (read)
    0x00000073, //         ecall
    0x00a05663, //         blez   a0, filled
    0x00a90933, //         add    s2, s2, a0
    0xfe9912e3, //         bne    s2, s1, read
    0x06090c63, // filled: beqz   s2, exit
    0x00040293, //         mv     t0, s0
    0x012403b3, //         add    t2, s0, s2
    0x00200337, //         lui    t1, 0x200
    0x0002b503, // next:   ld     a0, 0(t0)
    0x0082b583, //         ld     a1, 8(t0)
    0x0102b603, //         ld     a2, 16(t0)
    0x0182b683, //         ld     a3, 24(t0)
    0xf2050553, //         fmv.d.x fa0, a0
    0xf20585d3, //         fmv.d.x fa1, a1
    0xf2060653, //         fmv.d.x fa2, a2
    0x00369073, //         csrw   fcsr, a3
  };

  /** After the instruction under test and the one that brings its result to a0. */
  private static final int[] EPILOGUE = {
    0x001025f3, //         frflags a1
    0x00a33023, //         sd     a0, 0(t1)
    0x00b33423, //         sd     a1, 8(t1)
    0x02028293, //         addi   t0, t0, 32
    0x01030313, //         addi   t1, t1, 16
    0xfc72e2e3, //         bltu   t0, t2, next
    0x002009b7, //         lui    s3, 0x200
    0x00100513, // write:  li     a0, 1
    0x00098593, //         mv     a1, s3
    0x41330633, //         sub    a2, t1, s3
    0x04000893, //         li     a7, 64 (write)
    0x00000073, //         ecall
    0x00a05863, //         blez   a0, exit
    0x00a989b3, //         add    s3, s3, a0
    0xfe6992e3, //         bne    s3, t1, write
    0xf69ff06f, //         j      refill
    0x00000513, // exit:   li     a0, 0
    0x05d00893, //         li     a7, 93 (exit)
    0x00000073, //         ecall
  };

  private final Path directory;

  /** An oracle that keeps its executables and records in the given directory. */
  QemuOracle(Path directory) {
    this.directory = directory;
  }

  static boolean isInstalled() {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String directory : path.split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(directory, PROGRAM))) {
        return true;
      }
    }
    return false;
  }

  /** The output records for the input records, which lie between the buffer's start and limit. */
  ByteBuffer run(FpuOperation operation, ByteBuffer input)
      throws IOException, InterruptedException {
    Path executable = directory.resolve(operation + ".elf");
    Path records = directory.resolve(operation + ".in");
    Path results = directory.resolve(operation + ".out");
    Files.write(executable, executable(operation));
    executable.toFile().setExecutable(true);
    Files.write(records, Arrays.copyOf(input.array(), input.limit()));
    Process process =
        new ProcessBuilder(PROGRAM, executable.toString())
            .redirectInput(records.toFile())
            .redirectOutput(results.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(PROGRAM + " does not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(PROGRAM + " ended with status " + process.exitValue());
    }
    byte[] output = Files.readAllBytes(results);
    if (output.length != input.limit() / INPUT_BYTES * OUTPUT_BYTES) {
      throw new IOException(PROGRAM + " wrote " + output.length + " bytes");
    }
    return ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] executable(FpuOperation operation) {
    int codeBytes = 4 * (PROLOGUE.length + 2 + EPILOGUE.length);
    ByteBuffer elf = ByteBuffer.allocate(CODE_OFFSET + codeBytes).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    elf.putShort((short) 2).putShort((short) 243).putInt(1); // ET_EXEC, EM_RISCV, EV_CURRENT
    elf.putLong(LOAD_ADDRESS + CODE_OFFSET); // e_entry
    elf.putLong(ELF_HEADER_BYTES).putLong(0); // e_phoff, e_shoff
    elf.putInt(5); // e_flags: RVC, double-float ABI
    elf.putShort((short) ELF_HEADER_BYTES);
    elf.putShort((short) PROGRAM_HEADER_BYTES).putShort((short) 1); // e_phentsize, e_phnum
    elf.putShort((short) 64).putShort((short) 0).putShort((short) 0); // no sections
    elf.putInt(1).putInt(7); // PT_LOAD, PF_R | PF_W | PF_X
    elf.putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS); // p_offset, p_vaddr, p_paddr
    elf.putLong(CODE_OFFSET + codeBytes).putLong(MEMORY_BYTES).putLong(0x1000);
    for (int word : PROLOGUE) {
      elf.putInt(word);
    }
    elf.putInt(operation.instruction);
    elf.putInt(operation.isIntegerResult() ? NOP : FMV_X_D_A0_FA0);
    for (int word : EPILOGUE) {
      elf.putInt(word);
    }
    return elf.array();
  }
}
