package vivarium.core.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vivarium.api.VivariumException;
import vivarium.core.machine.Outcome;
import vivarium.core.verify.FakeSubject.Fault;
import vivarium.core.verify.LockStep.Plan;
import vivarium.core.verify.LockStep.Result;

class LockStepTest {
  private static final long END = 50_000;
  private static final Fault NONE = (subject, step, last) -> {};

  private final FakeSubject.Open open = new FakeSubject.Open();

  @AfterEach
  void everyMachineIsClosed() {
    assertThat(open.made).isPositive();
    assertThat(open.count).isZero();
  }

  private Result run(Plan plan, Fault fault) {
    return new LockStep(
            () -> new FakeSubject(open, END, NONE), () -> new FakeSubject(open, END, fault), plan)
        .run();
  }

  private static Difference difference(Result result) {
    assertThat(result).isInstanceOf(Result.Different.class);
    return ((Result.Different) result).difference();
  }

  @Test
  void machinesThatAreTheSameAreRunToTheirEnd() {
    assertThat(run(new Plan(Long.MAX_VALUE, 20_000, 20_000), NONE))
        .isEqualTo(new Result.Same(END, 3, new Outcome(Outcome.Kind.POWERED_OFF, 0, "")));
  }

  @Test
  void noMoreStepsAreMadeThanWanted() {
    assertThat(run(new Plan(10_001, 100, 1000), NONE))
        .isEqualTo(new Result.Same(10_001, 101, new Outcome(Outcome.Kind.STEPS_DONE, 0, "")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 999, 7000, 7001, 12_345, 49_999, 50_000})
  void aRegisterThatGoesWrongIsFoundAtItsStep(long wrong) {
    for (long every : new long[] {1, 7000, 1_000_000}) {
      Difference found =
          difference(
              run(
                  new Plan(Long.MAX_VALUE, every, 1_000_000),
                  (subject, step, last) -> {
                    if (step == wrong) {
                      subject.registers.merge("sum", 1L, Long::sum);
                    }
                  }));
      assertThat(found.reproduced()).isTrue();
      assertThat(found.equalSteps()).isEqualTo(wrong - 1);
      assertThat(found.differentSteps()).isEqualTo(wrong);
      assertThat(found.instruction()).isEqualTo("instruction " + wrong);
      assertThat(found.explanation()).isEqualTo("made of instruction " + wrong);
      long sum = wrong * (wrong + 1) / 2;
      assertThat(found.mismatches()).containsExactly(Mismatch.of("sum", sum, sum + 1));
    }
  }

  @Test
  void aStoreThatGoesWrongIsFoundThoughNoRegisterTells() {
    Difference found =
        difference(
            run(
                new Plan(Long.MAX_VALUE, 100, 20_000),
                (subject, step, last) -> {
                  if (step == 23_456) {
                    subject.memory[20_000] = -1;
                  }
                }));
    assertThat(found.equalSteps()).isEqualTo(23_455);
    assertThat(found.mismatches())
        .containsExactly(new Mismatch("RAM at 0x80027100", "0x4e20", "0xffffffffffffffff"));
  }

  @Test
  void aRegisterLoadedFromWrongMemoryLeadsToTheStore() {
    Difference found =
        difference(
            run(
                new Plan(Long.MAX_VALUE, 100, 40_000),
                (subject, step, last) -> {
                  if (step == 3210) {
                    subject.memory[1000] = 77;
                  }
                  if (step == 30_000) {
                    subject.registers.merge("sum", subject.memory[1000] - 1000, Long::sum);
                  }
                }));
    assertThat(found.instruction()).isEqualTo("instruction 3210");
    assertThat(found.mismatches()).containsExactly(Mismatch.of("RAM at 0x80001f40", 1000L, 77L));
  }

  @Test
  void anEngineThatIsRightInShortRunsIsFoundByItsLongOnes() {
    long[] made = {0};
    Difference found =
        difference(
            run(
                new Plan(Long.MAX_VALUE, 10_000, 40_000),
                (subject, step, last) -> {
                  made[0]++;
                  if (made[0] == 777) {
                    subject.registers.merge("sum", 1L, Long::sum);
                  }
                  made[0] = last ? 0 : made[0];
                }));
    assertThat(found.reproduced()).isTrue();
    assertThat(found.equalSteps()).isEqualTo(776);
    assertThat(found.differentSteps()).isEqualTo(777);
  }

  @Test
  void aDifferenceThatDoesNotComeAgainIsToldAsItWasSeen() {
    boolean[] happened = {false};
    Difference found =
        difference(
            run(
                new Plan(Long.MAX_VALUE, 10_000, 40_000),
                (subject, step, last) -> {
                  if (step == 12_345 && !happened[0]) {
                    happened[0] = true;
                    subject.registers.put("sum", 0L);
                  }
                }));
    assertThat(found.reproduced()).isFalse();
    assertThat(found.equalSteps()).isEqualTo(10_000);
    assertThat(found.differentSteps()).isEqualTo(20_000);
    assertThat(found.mismatches()).extracting(Mismatch::what).containsExactly("sum");
  }

  @Test
  void aMachineThatEndsTooEarlyIsFoundAtItsLastStep() {
    LockStep lockStep =
        new LockStep(
            () -> new FakeSubject(open, END, NONE),
            () -> new FakeSubject(open, 33_333, NONE),
            new Plan(Long.MAX_VALUE, 10_000, 40_000));
    Difference found = difference(lockStep.run());
    assertThat(found.differentSteps()).isEqualTo(33_333);
    assertThat(found.mismatches())
        .containsExactly(new Mismatch("outcome", "STEPS_DONE", "POWERED_OFF"));
  }

  @Test
  void machinesThatDifferBeforeTheFirstInstructionAreFound() {
    LockStep lockStep =
        new LockStep(
            () -> new FakeSubject(open, END, NONE),
            () -> {
              FakeSubject other = new FakeSubject(open, END, NONE);
              other.memory[1] = 1;
              return other;
            },
            new Plan(Long.MAX_VALUE, 10, 10));
    Difference found = difference(lockStep.run());
    assertThat(found.differentSteps()).isZero();
    assertThat(found.mismatches()).containsExactly(Mismatch.of("RAM at 0x80000008", 0L, 1L));
  }

  @Test
  void whenTheSecondMachineCannotBeHadTheFirstIsClosed() {
    LockStep lockStep =
        new LockStep(
            () -> new FakeSubject(open, END, NONE),
            () -> {
              throw new VivariumException("no memory");
            },
            new Plan(1, 1, 1));
    assertThatThrownBy(lockStep::run).hasMessage("no memory");
  }
}
