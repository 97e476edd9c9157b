package vivarium.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is launched, and what is read of it. */
class LaunchTest {
  private static final Workload GUEST =
      new Workload.BareMetal("fp x 1", Path.of("fp.elf"), Optional.empty());
  private static final Workload BOOT =
      new Workload.KernelBoot("boot", Path.of("Image"), Path.of("initrd"), "a b", "OFF");

  @Test
  void aBareMetalGuestIsFirmware() {
    assertThat(new Contender.Qemu("q").command(GUEST))
        .containsExactly("q", "-M", "virt", "-m", "256M", "-nographic", "-bios", "fp.elf");
    assertThat(Contender.Vivarium.of(Path.of("v"), "translation:shadow").command(GUEST))
        .containsExactly(
            "v",
            "run",
            "--cpu",
            "translation",
            "--memory",
            "256M",
            "--memory-strategy",
            "shadow",
            "--firmware",
            "fp.elf");
  }

  @Test
  void aKernelIsGivenWithItsCommandLine() {
    assertThat(Contender.Vivarium.of(Path.of("v"), "translation").command(BOOT))
        .endsWith("256M", "--kernel", "Image", "--initrd", "initrd", "--append", "a b");
    assertThat(new Contender.Qemu("q").command(BOOT))
        .endsWith("-kernel", "Image", "-initrd", "initrd", "-append", "a b");
  }

  @Test
  void theAnswerIsFoundAmongOtherOutput() {
    String line = "fp scale=1 checksum=e9acedd8a78d48bd";
    assertThat(GUEST.answer("noise\r\n" + line + "\r\n")).contains(line);
    assertThat(GUEST.answer("noise")).isEmpty();
    assertThat(BOOT.answer("x OFF\r\n")).contains("OFF");
    assertThat(BOOT.answer("panic")).isEmpty();
  }

  @Test
  void processorTimeOfChildrenIsReadBehindANameWithBlanksAndBrackets() {
    String stat = "7 (a) b) S 1 7 7 0 -1 4 10 20 0 0 55 66 120 30 20 0 1 0 99";
    assertThat(HostLoad.cpuSecondsOfChildren(stat)).hasValue(1.5);
    assertThat(HostLoad.cpuSecondsOfChildren("")).isEmpty();
  }

  @Test
  void thePathsOfAFetchedGuestAreReadByName() {
    assertThat(FetchedGuest.parse("kernel    /a b/Image\ninitrd    /c\n\n"))
        .isEqualTo(Map.of("kernel", "/a b/Image", "initrd", "/c"));
  }
}
