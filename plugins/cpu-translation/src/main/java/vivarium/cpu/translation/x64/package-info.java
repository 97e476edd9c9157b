/**
 * The room of the x86-64 assembler: instructions as bytes in a Java array, and what the host's
 * processor can do. Called by the native back end, once per emitted instruction, on the thread that
 * translates. It knows nothing of guests, graphs or executable memory, and never runs what it
 * emits.
 *
 * <h2>The map</h2>
 *
 * <ul>
 *   <li>{@link vivarium.cpu.translation.x64.X64}: numbers of registers and conditions.
 *   <li>{@link vivarium.cpu.translation.x64.X64Op}: one {@code int} constant per operation and
 *       operand size ({@code ADD32}, {@code MOVSS}, {@code SHLX64}).
 *   <li>{@link vivarium.cpu.translation.x64.X64Buffer}: bytes, labels, fixups, the copy to code
 *       memory.
 *   <li>{@link vivarium.cpu.translation.x64.X64Encoder}: one method per <em>operand form</em>.
 *   <li>{@link vivarium.cpu.translation.x64.X64Assembler}: the class to instantiate; adds what fits
 *       no form (immediate moves, jumps, calls, prefixes, fences).
 *   <li>{@link vivarium.cpu.translation.x64.CpuFeatures}: BMI, FMA, SSE4 and so on, from {@code
 *       cpuid}.
 * </ul>
 *
 * <h2>How to write an instruction</h2>
 *
 * A form is named by its operands in Intel order, destination first: {@code r} is a register,
 * {@code m} memory, {@code i} an immediate. The first argument is the operation, then come the
 * operands. Memory is {@code base, disp} or {@code base, index, scale, disp}.
 *
 * <pre>{@code
 * asm.rr(ADD64, RAX, RCX);                  // add rax,rcx
 * asm.ri(CMP32, RDX, 100);                  // cmp edx,100 (imm8 where it fits)
 * asm.rm(MOV64, RAX, RBP, 16);              // mov rax,[rbp+16]
 * asm.mr(MOV8, RDI, RSI, 4, -1, RDX);       // mov [rdi+rsi*4-1],dl
 * asm.mi(SUB64, RBP, 8, 1);                 // sub qword ptr [rbp+8],1
 * asm.r(NEG64, RAX);                        // neg rax
 * asm.r(SHL32_CL, RAX);                     // shl eax,cl
 * asm.rri(RORX64, RAX, RCX, 5);             // rorx rax,rcx,5
 * asm.rrr(SHLX64, RAX, RCX, RDX);           // shlx rax,rcx,rdx
 * asm.rr(CMOV64 | CC_L, RAX, RCX);          // cmovl rax,rcx
 * asm.r(SETCC | CC_E, RAX);                 // sete al
 * asm.rr(ADDSD, XMM0, XMM1);                // addsd xmm0,xmm1
 * asm.lock(); asm.mr(XADD64, RDI, 0, RAX);  // lock xadd [rdi],rax
 * int done = asm.newLabel();
 * asm.jcc(CC_E, done);                      // 32-bit forward, 8-bit backward where it reaches
 * asm.bind(done);
 * }</pre>
 *
 * <p>It is built to be quick while HotSpot still interprets it: few methods (so they are compiled
 * early), one or two calls per instruction, no objects. Misuse (an operation in a form it does not
 * have) is caught by assertions only.
 */
@NullMarked
package vivarium.cpu.translation.x64;

import org.jspecify.annotations.NullMarked;
