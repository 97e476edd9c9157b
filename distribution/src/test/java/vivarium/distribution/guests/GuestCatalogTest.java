package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vivarium.distribution.guests.Archives.deb;
import static vivarium.distribution.guests.Archives.image;
import static vivarium.distribution.guests.Archives.module;
import static vivarium.distribution.guests.Archives.utf8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;

class GuestCatalogTest {
  private static final String OPENSBI = "usr/lib/riscv64-linux-gnu/opensbi/generic/";
  private static final byte[] KERNEL =
      deb(
          Map.of(
              "boot/vmlinux-6.1-test",
              image(),
              "usr/lib/modules/6.1-test/kernel/ext4.ko.xz",
              Archives.xz(module(""))));
  private static final byte[] BUSYBOX = deb(Map.of("usr/bin/busybox", utf8("ELF busybox")));
  private static final byte[] FIRMWARE =
      deb(Map.of(OPENSBI + "fw_dynamic.bin", utf8("dyn"), OPENSBI + "fw_jump.bin", utf8("jump")));

  @TempDir Path directory;
  private final List<String> lines = new ArrayList<>();
  private Mirror mirror;
  private Guest guest;
  private GuestCatalog catalog;

  @BeforeEach
  void open() throws IOException {
    mirror = new Mirror();
    mirror.put("pool/k_1.deb", KERNEL);
    mirror.put("pool/b_1.deb", BUSYBOX);
    mirror.put("pool/f_1.deb", FIRMWARE);
    List<GuestPackage> packages =
        List.of(
            part("kernel", "linux-1", "linux", "pool/k_1.deb", KERNEL),
            part("busybox", "busybox", "busybox", "pool/b_1.deb", BUSYBOX),
            part("firmware", "opensbi", "opensbi", "pool/f_1.deb", FIRMWARE));
    guest =
        new Guest(
            "tiny", "for tests", "trixie", "riscv64", "quiet", 64 << 20, List.of("ext4"), packages);
    catalog = new GuestCatalog(List.of(guest), directory.resolve("cache"));
  }

  @AfterEach
  void close() throws IOException {
    mirror.close();
  }

  @Test
  void aFetchedGuestHasItsFilesAndIsListedSo() throws IOException {
    assertThat(catalog.list()).containsExactly(new GuestCatalog.Listing(guest, Optional.empty()));
    GuestFiles files = fetch();
    assertThat(files.kernel()).hasBinaryContent(image());
    assertThat(files.firmware()).hasContent("dyn");
    assertThat(files.jumpFirmware()).hasContent("jump");
    assertThat(Files.readString(files.initrd(), StandardCharsets.ISO_8859_1))
        .startsWith("070701")
        .contains("ELF busybox", "lib/modules/ext4.ko", "TRAILER!!!");
    assertThat(files.release()).isEqualTo("6.1-test");
    assertThat(files.append()).isEqualTo("quiet");
    assertThat(catalog.list()).containsExactly(new GuestCatalog.Listing(guest, Optional.of(files)));
  }

  @Test
  void aSecondFetchNeedsNoNetwork() throws IOException {
    GuestFiles files = fetch();
    mirror.close();
    assertThat(fetch()).isEqualTo(files);
  }

  @Test
  void aDamagedGuestIsMadeAgainFromTheCachedPackages() throws IOException {
    GuestFiles files = fetch();
    mirror.close();
    Files.write(files.kernel(), utf8("short"));
    assertThat(catalog.cached(guest)).isEmpty();
    fetch();
    assertThat(files.kernel()).hasBinaryContent(image());
    byte[] flipped = image();
    flipped[100] ^= 1;
    Files.write(files.kernel(), flipped);
    fetch();
    assertThat(files.kernel()).hasBinaryContent(image());
    assertThat(lines).contains("tiny in the cache is damaged: making it again");
  }

  @Test
  void aGuestOfAnotherRecipeCountsAsNotFetched() {
    fetch();
    Guest changed = new Guest("tiny", "", "trixie", "riscv64", "", 1, List.of(), guest.packages());
    assertThat(catalog.cached(changed)).isEmpty();
  }

  @Test
  void whereThePinnedVersionHasGoneTheCurrentOneIsTakenAndSaid() {
    mirror.files.remove("/debian/pool/k_1.deb");
    mirror.put("pool/k_2.deb", KERNEL);
    String index =
        """
        Package: linux
        Version: 2
        Filename: pool/meta.deb
        SHA256: 00
        Depends: linux-2 (= 2), other

        Package: linux-2
        Version: 2
        Filename: pool/k_2.deb
        SHA256: %s
        Description: a kernel
         Package: not a field
        """
            .formatted(Digests.sha256(KERNEL));
    mirror.put("dists/trixie/main/binary-riscv64/Packages.xz", Archives.xz(utf8(index)));
    assertThat(fetch().kernel()).hasBinaryContent(image());
    assertThat(lines)
        .contains(
            mirror.root()
                + " no longer has linux-1 1: taking linux-2 2, trusting the mirror's index for its"
                + " digest");
    assertThat(catalog.cached(guest)).isPresent();
  }

  @Test
  void aMirrorWithNeitherVersionIsNamed() {
    mirror.files.remove("/debian/pool/k_1.deb");
    assertThatThrownBy(this::fetch)
        .hasMessage(
            "the mirror %s does not carry trixie for riscv64: try another with --mirror URL",
            mirror.root());
    mirror.put("dists/trixie/main/binary-riscv64/Packages.xz", Archives.xz(utf8("\n")));
    assertThatThrownBy(this::fetch)
        .hasMessageContaining("has neither linux-1 1 nor a later one: try another with --mirror");
    assertThat(catalog.cached(guest)).isEmpty();
  }

  @Test
  void aHostWithoutDebianSourcesIsToldWhatToDo() {
    FetchOptions options = new FetchOptions(Optional.empty(), directory, Map.of());
    assertThatThrownBy(() -> catalog.fetch(guest, options, lines::add))
        .isInstanceOf(VivariumException.class)
        .hasMessage(
            "no Debian mirror in %s: name one with --mirror http://deb.debian.org/debian (or"
                + " VIVARIUM_DEBIAN_MIRROR), or boot your own files with --kernel FILE"
                + " --initrd FILE",
            directory);
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    GuestCatalog blocked = new GuestCatalog(List.of(guest), file);
    assertThatThrownBy(() -> blocked.fetch(guest, options(), lines::add))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("XDG_CACHE_HOME");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThat(catalog.guest("tiny")).isSameAs(guest);
    assertThatThrownBy(() -> catalog.guest("windows"))
        .hasMessage("no ready guest 'windows'; there is: tiny");
  }

  @Test
  void aMirrorMustBeAWebAddress() {
    for (String address : new String[] {"deb.debian.org", "file:/srv", "http://a b", "http:"}) {
      assertThatThrownBy(() -> options().withMirror(address))
          .isInstanceOf(VivariumException.class)
          .hasMessageStartingWith("not a mirror: '" + address + "'");
    }
  }

  @Test
  void theDistributionsCatalogIsWholeAndPinned() {
    Guest debian = GuestCatalog.load(directory).guest("debian");
    assertThat(debian.packages())
        .extracting(GuestPackage::role)
        .containsExactly("kernel", "busybox", "firmware");
    assertThat(debian.packages())
        .allMatch(p -> p.sha256().matches("[0-9a-f]{64}"))
        .allMatch(p -> p.file().startsWith("pool/main/"))
        .allMatch(p -> p.fileName().endsWith(".deb"));
    assertThat(debian.memoryBytes()).isEqualTo(256L << 20);
    assertThat(debian.modules()).contains("virtio_blk", "ext4");
  }

  @Test
  void theCacheLiesWhereTheXdgSpecificationSays() {
    Path home = Path.of("/home/u");
    assertThat(GuestCatalog.cacheDirectory(Map.of(), home)).hasToString("/home/u/.cache/vivarium");
    assertThat(GuestCatalog.cacheDirectory(Map.of("XDG_CACHE_HOME", "/c"), home))
        .hasToString("/c/vivarium");
    assertThat(GuestCatalog.cacheDirectory(Map.of("XDG_CACHE_HOME", "c"), home))
        .hasToString("/home/u/.cache/vivarium");
  }

  private GuestFiles fetch() {
    return catalog.fetch(guest, options(), lines::add);
  }

  private FetchOptions options() {
    return new FetchOptions(Optional.of(mirror.root()), directory, Map.of());
  }

  private static GuestPackage part(
      String role, String name, String current, String file, byte[] deb) {
    return new GuestPackage(role, name, current, "1", file, Digests.sha256(deb));
  }
}
