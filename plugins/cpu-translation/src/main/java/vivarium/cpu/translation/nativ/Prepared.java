package vivarium.cpu.translation.nativ;

import vivarium.api.cpu.CodeMemory;
import vivarium.cpu.translation.x64.CpuFeatures;

/**
 * What an engine needs of the host before it can translate.
 *
 * @param layout registers
 * @param area code memory, the stubs kept at its start
 * @param stubs the ways in and out
 * @param enter {@link Stubs#enter}
 * @param features what the processor can do
 */
record Prepared(
    Layout layout, CodeArea area, Stubs stubs, CodeMemory.Entry enter, CpuFeatures features) {}
