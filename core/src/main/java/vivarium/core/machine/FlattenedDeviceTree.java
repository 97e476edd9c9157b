package vivarium.core.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import vivarium.api.device.DeviceTreeNode;

/**
 * Writes a device tree as a blob: Devicetree Specification v0.4, chapter 5, version 17. Big-endian
 * throughout.
 */
final class FlattenedDeviceTree {
  private static final int MAGIC = 0xd00dfeed;
  private static final int VERSION = 17;
  private static final int LAST_COMPATIBLE_VERSION = 16;
  private static final int HEADER_BYTES = 40;
  private static final int RESERVATION_BYTES = 16;
  private static final int FDT_BEGIN_NODE = 1;
  private static final int FDT_END_NODE = 2;
  private static final int FDT_PROP = 3;
  private static final int FDT_END = 9;

  private final Cells structure = new Cells();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final Map<String, Integer> offsets = new LinkedHashMap<>();

  private FlattenedDeviceTree() {}

  /** The blob of the tree below {@code root}. */
  static byte[] write(DeviceTreeNode root) {
    FlattenedDeviceTree tree = new FlattenedDeviceTree();
    tree.node(root);
    tree.structure.cell(FDT_END);
    return tree.blob();
  }

  private void node(DeviceTreeNode node) {
    structure.cell(FDT_BEGIN_NODE);
    structure.bytes((node.name() + "\0").getBytes(StandardCharsets.US_ASCII));
    node.properties()
        .forEach(
            (name, value) -> {
              structure.cell(FDT_PROP);
              structure.cell(value.length);
              structure.cell(offsetOf(name));
              structure.bytes(value);
            });
    node.children().forEach(this::node);
    structure.cell(FDT_END_NODE);
  }

  private int offsetOf(String name) {
    return offsets.computeIfAbsent(
        name,
        absent -> {
          int offset = strings.size();
          strings.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
          return offset;
        });
  }

  private byte[] blob() {
    int structureOffset = HEADER_BYTES + RESERVATION_BYTES;
    int stringsOffset = structureOffset + structure.size();
    int total = stringsOffset + strings.size();
    ByteBuffer blob = ByteBuffer.allocate(total);
    blob.putInt(MAGIC)
        .putInt(total)
        .putInt(structureOffset)
        .putInt(stringsOffset)
        .putInt(HEADER_BYTES)
        .putInt(VERSION)
        .putInt(LAST_COMPATIBLE_VERSION)
        .putInt(0)
        .putInt(strings.size())
        .putInt(structure.size())
        .putLong(0)
        .putLong(0)
        .put(structure.toByteArray())
        .put(strings.toByteArray());
    return blob.array();
  }

  /** Bytes in which every item begins at a multiple of four. */
  private static final class Cells extends ByteArrayOutputStream {
    void cell(int value) {
      writeBytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    void bytes(byte[] value) {
      writeBytes(value);
      while (size() % 4 != 0) {
        write(0);
      }
    }
  }
}
