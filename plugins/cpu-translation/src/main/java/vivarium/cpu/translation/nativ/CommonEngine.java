package vivarium.cpu.translation.nativ;

import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;

/**
 * Runs a hart of a machine at rest by code that it has in common with others, one of which runs at
 * a time. If the guest turns out to rewrite its code, it has an engine of its own from then on.
 */
final class CommonEngine implements CpuEngine {
  private final CpuEnvironment environment;
  private final CommonCode common;
  private final CommonTranslator translator;
  private CpuEngine engine;
  private boolean alone;

  CommonEngine(CpuEnvironment environment) {
    this.environment = environment;
    CommonCode.Key key = new CommonCode.Key(environment.instructionSet(), environment.options());
    common = environment.host().common(key, host -> new CommonCode(host, key));
    Contexts contexts = new Contexts(environment);
    translator = new CommonTranslator(environment, common, contexts);
    engine = new NativeEngine(environment, common.prepared(), contexts, translator);
  }

  @Override
  public Exit run(long budget) {
    if (alone) {
      return engine.run(budget);
    }
    Exit exit;
    common.lock();
    try {
      translator.begin();
      exit = engine.run(budget);
    } finally {
      common.unlock();
    }
    if (translator.rewritesItself()) {
      engine.close();
      engine = NativeBackEnd.createOwn(environment);
      alone = true;
    }
    return exit;
  }

  /** Whether the hart runs by code of its own. */
  boolean isAlone() {
    return alone;
  }

  @Override
  public String explain(long pc) {
    common.lock();
    try {
      return engine.explain(pc);
    } finally {
      common.unlock();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
