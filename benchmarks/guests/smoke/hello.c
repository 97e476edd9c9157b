/* The least that a machine must do: print a line and power off. */
#include "guest.h"

void guest_main(u64 scale) {
  (void)scale;
  put_string("Hello from M-mode\n");
  power_off(0);
}
