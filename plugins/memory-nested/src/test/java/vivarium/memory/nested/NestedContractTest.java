package vivarium.memory.nested;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.paging.PagingContract;

/** What every memory strategy must do. */
class NestedContractTest {
  @TestFactory
  Stream<DynamicTest> contract() {
    return contract(Map.of());
  }

  @TestFactory
  Stream<DynamicTest> contractWithLargePages() {
    return contract(Map.of("large-pages", "true"));
  }

  private static Stream<DynamicTest> contract(Map<String, String> options) {
    return PagingContract.of(new RiscvInstructionSet(), new NestedStrategy(), options).stream()
        .map(game -> DynamicTest.dynamicTest(game.name(), game::play));
  }
}
