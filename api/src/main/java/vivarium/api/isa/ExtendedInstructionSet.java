package vivarium.api.isa;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import vivarium.api.VivariumException;
import vivarium.api.device.DeviceTreeNode;

/**
 * An instruction set with {@linkplain IsaExtension extensions}: their instructions join its table;
 * everything else is its own.
 */
public final class ExtendedInstructionSet implements InstructionSet {
  private final InstructionSet base;
  private final String name;
  private final InstructionTable table;
  private final int ofBase;

  private ExtendedInstructionSet(InstructionSet base, String name, InstructionTable table) {
    this.base = base;
    this.name = name;
    this.table = table;
    ofBase = base.table().instructions().size();
  }

  /**
   * The instruction set with extensions.
   *
   * @return {@code base} itself if there are none
   * @throws VivariumException in one line, if an extension is of another instruction set, is named
   *     twice, takes an encoding or a mnemonic that is taken, or is no sound table
   */
  public static InstructionSet of(InstructionSet base, List<IsaExtension> extensions) {
    if (extensions.isEmpty()) {
      return base;
    }
    StringBuilder name = new StringBuilder(base.name());
    Set<String> names = new HashSet<>();
    InstructionTable table = base.table();
    for (IsaExtension extension : extensions) {
      if (!extension.instructionSet().equals(base.name())) {
        throw refuse(extension, "extends " + extension.instructionSet() + ", not " + base.name());
      }
      if (!names.add(extension.name())) {
        throw refuse(extension, "is named twice");
      }
      table = extend(table, extension);
      name.append('+').append(extension.name());
    }
    return new ExtendedInstructionSet(base, name.toString(), table);
  }

  private static InstructionTable extend(InstructionTable table, IsaExtension extension) {
    InstructionTable extended;
    try {
      extended = table.extended(extension.lookup(), extension.tables());
    } catch (IllegalArgumentException e) {
      throw refuse(extension, "is no sound table: " + e.getMessage());
    }
    int before = table.instructions().size();
    List<Instruction> added =
        extended.instructions().subList(before, extended.instructions().size());
    if (added.isEmpty()) {
      throw refuse(extension, "has no instructions");
    }
    for (Instruction one : added) {
      for (Instruction other : extended.instructions().subList(0, one.number())) {
        if (one.name().equals(other.name())) {
          throw refuse(extension, "has an instruction " + one.name() + ", which is there already");
        }
        if (one.encoding().overlaps(other.encoding())) {
          throw refuse(extension, "has " + one.name() + " at the encoding of " + other.name());
        }
      }
    }
    return extended;
  }

  private static VivariumException refuse(IsaExtension extension, String why) {
    return new VivariumException("extension " + extension.name() + " " + why);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public InstructionTable table() {
    return table;
  }

  @Override
  public List<RegisterBank> banks() {
    return base.banks();
  }

  @Override
  public int instructionAlignment() {
    return base.instructionAlignment();
  }

  @Override
  public int length(int firstParcel) {
    return base.length(firstParcel);
  }

  /** Instructions of extensions need no unit. */
  @Override
  public int requiredUnits(Decoded instruction) {
    return instruction.instruction().number() < ofBase ? base.requiredUnits(instruction) : 0;
  }

  @Override
  public Hart createHart(HartEnvironment environment) {
    return base.createHart(environment);
  }

  @Override
  public Hart createUserHart(Hart hart) {
    return base.createUserHart(hart);
  }

  @Override
  public List<DeviceTreeNode> describe(DeviceTreeNode cpus, int harts, long timebaseHz) {
    return base.describe(cpus, harts, timebaseHz);
  }

  @Override
  public void boot(BootRequest request) {
    base.boot(request);
  }
}
