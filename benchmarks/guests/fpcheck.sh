#!/bin/sh
# fpcheck.sh VIVARIUM [SCALE [CPU]]: runs bin/fpcheck.elf on QEMU and under a CPU strategy of the
# product's launcher, and compares all results and flags. Scale 10000 is ten million operations of
# each kind in each rounding mode: a quarter of an hour.
set -eu
vivarium=$1 scale=${2:-10} cpu=${3:-translation}
cd "$(dirname "$0")"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
./with-scale.sh bin/fpcheck.elf "$scale" "$WORK/fpcheck.elf"
qemu-system-riscv64 -M virt -m 256M -nographic -bios "$WORK/fpcheck.elf" 2>&1 </dev/null |
  tr -d '\r' | grep -v 'qemu: module' > "$WORK/expected"
"$vivarium" run --firmware "$WORK/fpcheck.elf" --cpu "$cpu" </dev/null |
  tr -d '\r' > "$WORK/got"
if ! diff "$WORK/expected" "$WORK/got"; then
  echo "fpcheck.sh: $cpu differs from QEMU" >&2
  exit 1
fi
echo "$cpu: the same as QEMU: $(tail -n 1 "$WORK/got")"
