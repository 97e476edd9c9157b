package vivarium.api.device;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node of a device tree (Devicetree Specification v0.4, section 2) under construction. Built by
 * one thread while a machine is assembled.
 */
public final class DeviceTreeNode {
  private final String name;
  private final AtomicInteger lastPhandle;
  private final Map<String, byte[]> properties = new LinkedHashMap<>();
  private final List<DeviceTreeNode> children = new ArrayList<>();
  private int phandle;

  /** Makes a root node. */
  public DeviceTreeNode() {
    this("", new AtomicInteger());
  }

  private DeviceTreeNode(String name, AtomicInteger lastPhandle) {
    this.name = name;
    this.lastPhandle = lastPhandle;
  }

  /** Adds a child. The name includes the unit address, as in {@code serial@10000000}. */
  public DeviceTreeNode child(String childName) {
    DeviceTreeNode child = new DeviceTreeNode(childName, lastPhandle);
    children.add(child);
    return child;
  }

  /** Sets a property without a value. */
  public DeviceTreeNode flag(String property) {
    properties.put(property, new byte[0]);
    return this;
  }

  /** Sets a property to 32-bit cells. */
  public DeviceTreeNode cells(String property, int... cells) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * cells.length);
    for (int cell : cells) {
      bytes.putInt(cell);
    }
    properties.put(property, bytes.array());
    return this;
  }

  /** Sets a property to 64-bit numbers, each two cells. */
  public DeviceTreeNode longs(String property, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    for (long value : values) {
      bytes.putLong(value);
    }
    properties.put(property, bytes.array());
    return this;
  }

  /** Sets a property to one or more strings, each ended by NUL. */
  public DeviceTreeNode strings(String property, String... strings) {
    properties.put(property, (String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The node's phandle, given on first use. */
  public int phandle() {
    if (phandle == 0) {
      phandle = lastPhandle.incrementAndGet();
      cells("phandle", phandle);
    }
    return phandle;
  }

  /** The name with the unit address; empty for the root. */
  public String name() {
    return name;
  }

  /** Properties in the order in which they were set, with their encoded values. */
  public Map<String, byte[]> properties() {
    return Collections.unmodifiableMap(properties);
  }

  /** Children in the order in which they were added. */
  public List<DeviceTreeNode> children() {
    return Collections.unmodifiableList(children);
  }
}
