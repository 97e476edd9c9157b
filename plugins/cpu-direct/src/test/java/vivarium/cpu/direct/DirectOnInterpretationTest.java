package vivarium.cpu.direct;

import vivarium.cpu.interpretation.Interpretation;

/** Direct execution on a hart made of an interpreter. */
class DirectOnInterpretationTest extends DirectContract {
  DirectOnInterpretationTest() {
    super(new Interpretation());
  }
}
