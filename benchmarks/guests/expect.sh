#!/bin/sh
# expect.sh SCALE...: runs every benchmark guest on QEMU at each scale and prints the lines of
# expected.txt. QEMU is the oracle; a guest that prints something else is an error.
set -eu
cd "$(dirname "$0")"
COPY=$(mktemp)
trap 'rm -f "$COPY"' EXIT
for scale in "$@"; do
  for name in integer branchy fp memory traps codemod largecode \
    integer-sv39 branchy-sv39 memory-sv39; do
    ./with-scale.sh "bin/$name.elf" "$scale" "$COPY"
    line=$(qemu-system-riscv64 -M virt -m 256M -nographic -bios "$COPY" 2>&1 </dev/null |
      tr -d '\r' | grep -v 'qemu: module')
    case $line in
      "$name scale=$scale checksum="????????????????) echo "$line" ;;
      *) echo "expect.sh: $name at scale $scale: $line" >&2; exit 1 ;;
    esac
  done
done
