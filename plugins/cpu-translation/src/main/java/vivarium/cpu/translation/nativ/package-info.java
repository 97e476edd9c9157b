/**
 * The back end {@code native}: x86-64 machine code on Linux, plain at first and made of {@link
 * vivarium.cpu.translation.graph.Graph}s once it proves hot, and the engine that runs it.
 *
 * <h2>The map</h2>
 *
 * <ul>
 *   <li>{@link vivarium.cpu.translation.nativ.NativeEngine}: the loop around emitted code: finds or
 *       makes traces, and does what is rare (opaque instructions, traps, interrupts, TLB misses).
 *   <li>{@link vivarium.cpu.translation.nativ.Layout}: which host register holds what, and what of
 *       the hart block the engine uses. {@link vivarium.cpu.translation.nativ.Stubs}: the ways in
 *       and out.
 *   <li>{@link vivarium.cpu.translation.nativ.TraceCompiler} walks a graph and emits; {@link
 *       vivarium.cpu.translation.nativ.Places} knows where each value is, {@link
 *       vivarium.cpu.translation.nativ.Residents} which guest registers a loop keeps in host
 *       registers; {@code Integers}, {@code Accesses}, {@code Floats} and {@code Leaving} select
 *       the instructions of a family of nodes.
 *   <li>{@link vivarium.cpu.translation.nativ.PlainCompiler}: code that is made fast, for what may
 *       run a few times only, of the {@link vivarium.cpu.translation.nativ.Snippets} that the
 *       compiler of graphs has made once for each instruction.
 *   <li>{@link vivarium.cpu.translation.nativ.Translator} finds the code for a pc or has it made by
 *       a {@link vivarium.cpu.translation.nativ.TraceMaker}: {@link
 *       vivarium.cpu.translation.nativ.OwnTranslator} for one hart, {@link
 *       vivarium.cpu.translation.nativ.CommonTranslator} for one of those that have their code in
 *       {@link vivarium.cpu.translation.nativ.CommonCode common}.
 *   <li>{@link vivarium.cpu.translation.nativ.TraceCache}, {@link
 *       vivarium.cpu.translation.nativ.Trace}, {@link vivarium.cpu.translation.nativ.Site}: code
 *       that has been made, and every place at which it can be left.
 *   <li>{@link vivarium.cpu.translation.nativ.SoftTlb}, {@link
 *       vivarium.cpu.translation.nativ.JumpTable}: off-heap tables that emitted code reads.
 * </ul>
 *
 * <h2>What holds</h2>
 *
 * A guest register has one home: a pinned host register, or its place in the hart block. A WRITE
 * stores to the home at once, so that at every place where emitted code can be left the guest's
 * registers are right without any record. The exception are registers that a loop holds: its cold
 * code brings their places up to date on the way out. Values in other host registers are copies
 * that may be forgotten. Steps are taken off the budget for a whole trace at its head, and given
 * back where it is left earlier.
 *
 * <p>All of it belongs to the hart's own thread, or, of what is in common, to the thread that holds
 * the lock. It knows no instruction of any instruction set.
 */
@NullMarked
package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.NullMarked;
