package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.distribution.guests.Archives.image;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;

class KernelImageTest {

  @Test
  void aPlainImageIsTakenAsItIs() throws IOException {
    assertThat(KernelImage.raw("k", image())).isEqualTo(image());
  }

  @Test
  void aGzipImageIsUnpacked() throws IOException {
    assertThat(KernelImage.raw("k", Archives.gzip(image()))).isEqualTo(image());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "xzkern"})
  void theKernelInsideAnEfiZbootProgramIsUnpacked(String type) throws IOException {
    byte[] payload = type.equals("gzip") ? Archives.gzip(image()) : Archives.xz(image());
    assertThat(KernelImage.raw("k", zboot(type, payload, payload.length))).isEqualTo(image());
  }

  @Test
  void anUnknownCompressionIsNamed() {
    assertThatThrownBy(() -> KernelImage.raw("k", zboot("zstd", new byte[9], 9)))
        .isInstanceOf(VivariumException.class)
        .hasMessage("k is compressed by zstd: not supported");
  }

  @Test
  void aPayloadBeyondTheFileIsRefused() {
    assertThatThrownBy(() -> KernelImage.raw("k", zboot("gzip", new byte[9], 10)))
        .hasMessage("k is cut off");
  }

  @Test
  void whatIsNoRiscvKernelIsRefused() {
    for (byte[] junk : new byte[][] {new byte[0], new byte[64], new byte[4096], utf8("MZ")}) {
      assertThatThrownBy(() -> KernelImage.raw("k", junk))
          .hasMessage("k is not a RISC-V kernel image");
    }
  }

  private static byte[] zboot(String type, byte[] payload, int size) {
    ByteBuffer file = ByteBuffer.allocate(96 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, utf8("MZ\0\0zimg")).putInt(8, 96).putInt(12, size).put(24, utf8(type));
    return file.put(96, payload).array();
  }
}
