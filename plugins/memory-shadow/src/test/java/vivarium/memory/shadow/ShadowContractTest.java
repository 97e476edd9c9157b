package vivarium.memory.shadow;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.paging.PagingContract;

/** What every memory strategy must do. */
class ShadowContractTest {
  @TestFactory
  Stream<DynamicTest> contract() {
    return PagingContract.of(new RiscvInstructionSet(), new ShadowStrategy(), Map.of()).stream()
        .map(game -> DynamicTest.dynamicTest(game.name(), game::play));
  }
}
