package vivarium.testkit.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.RamFrames;

/**
 * What every memory strategy must do, whatever it keeps behind the guest's back: a list of games
 * that guests play with their page tables, each once where the frames of RAM lie in order and once
 * where they lie scattered. With JUnit:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return PagingContract.of(new RiscvInstructionSet(), new MyStrategy(), Map.of()).stream()
 *       .map(game -> DynamicTest.dynamicTest(game.name(), game::play));
 * }
 * }</pre>
 */
public final class PagingContract {
  private static final int TABLE_FRAMES = 64;

  private PagingContract() {}

  /**
   * A game.
   *
   * @param name what must be so, a sentence without spaces
   */
  public record Game(String name, Runnable rules) {
    /**
     * Plays it.
     *
     * @throws AssertionError if the strategy does not keep to the rules
     */
    public void play() {
      rules.run();
    }
  }

  /**
   * The games for a strategy.
   *
   * @param isa RISC-V with Sv39, Sv48, PMP and Svadu
   * @param options what the strategy is told; with them, too, every write must be seen at once
   */
  public static List<Game> of(
      InstructionSet isa, MemoryStrategy strategy, Map<String, String> options) {
    List<Game> games = new ArrayList<>();
    add(games, "", () -> guest(isa, strategy, PagedGuest.IN_ORDER, options));
    add(
        games,
        "WhereFramesLieScattered",
        () -> guest(isa, strategy, PagedGuest.SCATTERED, options));
    return games;
  }

  private static PagedGuest guest(
      InstructionSet isa,
      MemoryStrategy strategy,
      RamFrames ramFrames,
      Map<String, String> options) {
    return new PagedGuest(isa, strategy, ramFrames, TABLE_FRAMES, options);
  }

  private static void add(
      List<Game> games, String suffix, java.util.function.Supplier<PagedGuest> guests) {
    Map<String, Consumer<PageTableGames>> all = new java.util.LinkedHashMap<>(PageTableGames.all());
    all.putAll(OddTables.all());
    all.forEach(
        (name, game) ->
            games.add(
                new Game(
                    name + suffix,
                    () -> {
                      PagedGuest guest = guests.get();
                      game.accept(new PageTableGames(guest));
                      guest.paging().close();
                      guest.assertForeignFramesUntouched();
                      PageTableGames.expect(guest.frames().given(), 0);
                    })));
  }
}
