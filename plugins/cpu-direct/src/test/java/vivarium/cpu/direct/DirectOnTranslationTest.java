package vivarium.cpu.direct;

import vivarium.cpu.translation.Translation;

/** Direct execution on a hart made of machine code, where the host has it. */
class DirectOnTranslationTest extends DirectContract {
  DirectOnTranslationTest() {
    super(new Translation());
  }
}
