#!/bin/sh
# Builds the embedded guest into the module's resources with Debian's bare-metal cross compiler
# (gcc-riscv64-unknown-elf). The output depends on the sources and the compiler's version only.
set -eu
cd "$(dirname "$0")"
CROSS=${CROSS:-riscv64-unknown-elf-}
OUT=../main/resources/vivarium/distribution/cli/embedded.elf
mkdir -p "$(dirname "$OUT")"
"${CROSS}gcc" -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -Os -std=gnu11 -Wall -Wextra -Werror \
  -ffreestanding -nostdlib -fno-builtin -fno-common -fno-pie -fno-asynchronous-unwind-tables \
  -Wl,--build-id=none -Wl,-z,max-page-size=4096 -T guest.ld -o "$OUT" start.S guest.c disk.c
"${CROSS}strip" -s "$OUT"
chmod 644 "$OUT"
