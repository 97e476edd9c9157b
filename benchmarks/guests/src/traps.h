/* Constants that the traps guest's C and assembly share. */
#ifndef TRAPS_H
#define TRAPS_H

#define FRAME_BYTES 144

#define SBI_FOLD 1
#define SBI_DONE 2
#define SYSCALL_FOLD 3
#define SYSCALL_EXIT 4

#define MSTATUS_MPP 0x1800
#define MSTATUS_MPP_S 0x0800
#define SSTATUS_SIE 0x2
#define SSTATUS_SPP 0x100
#define SSTATUS_SUM 0x40000

#endif
