package vivarium.cpu.translation.nativ;

import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.Trap;
import vivarium.api.memory.GuestMemory;

/** Translates for one hart alone: traces are kept by where they lie in guest-physical memory. */
final class OwnTranslator extends Translator {
  private final GuestMemory memory;
  private final CodeArea area;

  OwnTranslator(CpuEnvironment environment, Prepared prepared, Contexts contexts) {
    super(
        environment,
        new TraceMaker(
            environment.instructionSet(),
            environment.options(),
            prepared,
            new TraceCache(TraceCache.Pages.of(environment.memory()), prepared.area())),
        contexts);
    memory = environment.memory();
    area = prepared.area();
  }

  @Override
  public long load(long gpa, int bytes) {
    return memory.load(gpa, bytes);
  }

  @Override
  public long secondPage(long va) throws Trap {
    return guestSecondPage(va);
  }

  @Override
  long placeOf(long pc, long gpa) {
    return gpa;
  }

  @Override
  boolean holds(long gpa, int length) {
    return traces.holds(gpa, length);
  }

  @Override
  void drop(long gpa, int length) {
    for (Trace trace = traces.touching(gpa, length);
        trace != null;
        trace = traces.touching(gpa, length)) {
      counters.codeInvalidations++;
      forget(trace);
    }
    traces.noteStore(gpa);
  }

  @Override
  public void close() {
    maker.close();
    catchUp();
    area.close();
  }
}
