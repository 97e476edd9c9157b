package vivarium.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;

class GuestImagesTest {
  private static final int SCALE_OFFSET = 0x1008;

  @Test
  void theScaleIsEightBytesLittleEndianAndNothingElseChanges() {
    byte[] image = new byte[0x1020];
    Arrays.fill(image, (byte) 0x55);
    byte[] scaled = GuestImages.withScale(image, 0x0102_0304_0506_0708L);
    byte[] wanted = image.clone();
    for (int i = 0; i < 8; i++) {
      wanted[SCALE_OFFSET + i] = (byte) (8 - i);
    }
    assertThat(scaled).isEqualTo(wanted);
    assertThat(image).containsOnly(0x55);
  }

  @Test
  void anImageTooShortForAScaleIsRefused() {
    assertThatThrownBy(() -> GuestImages.withScale(new byte[SCALE_OFFSET + 7], 1))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("no word for its scale");
  }

  @Test
  void theGuestsHaveScaleOneAsTheyAreBuilt() {
    byte[] image = GuestImages.read("integer", 1);
    assertThat(Arrays.copyOf(image, 4)).containsExactly(0x7f, 'E', 'L', 'F');
    assertThat(Arrays.copyOfRange(image, SCALE_OFFSET, SCALE_OFFSET + 8))
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void anUnknownGuestIsNamed() {
    assertThatThrownBy(() -> GuestImages.read("../expected", 1))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("'../expected'");
  }
}
