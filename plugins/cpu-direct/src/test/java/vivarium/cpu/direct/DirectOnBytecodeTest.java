package vivarium.cpu.direct;

import vivarium.cpu.translation.BytecodeTranslation;

/** Direct execution on a hart made of translation to JVM bytecode. */
class DirectOnBytecodeTest extends DirectContract {
  DirectOnBytecodeTest() {
    super(new BytecodeTranslation());
  }
}
