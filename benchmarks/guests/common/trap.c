/* The end of a guest that meets a trap in M-mode that it did not ask for. */
#include "guest.h"

/* From start.S; power-off with status 1 lets a script see it. */
__attribute__((noreturn)) void unexpected_trap(void) {
  put_string(GUEST_NAME " unexpected trap: mcause=");
  put_hex(csr_read(mcause));
  put_string(" mepc=");
  put_hex(csr_read(mepc));
  put_string(" mtval=");
  put_hex(csr_read(mtval));
  put_string("\n");
  power_off(1);
}
