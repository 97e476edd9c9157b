#!/bin/sh
# with-scale.sh GUEST.elf SCALE OUTPUT.elf: a copy of a guest that does SCALE units of work.
# The scale is a little-endian 64-bit word at file offset 0x1008 (RAM: 0x80000008).
set -eu
if [ $# -ne 3 ]; then
  echo "usage: with-scale.sh GUEST.elf SCALE OUTPUT.elf" >&2
  exit 2
fi
cp "$1" "$3"
word=
value=$2
for _ in 1 2 3 4 5 6 7 8; do
  word="$word\\$(printf %03o $((value % 256)))"
  value=$((value / 256))
done
# shellcheck disable=SC2059
printf "$word" | dd of="$3" bs=1 seek=4104 conv=notrunc status=none
