#!/bin/sh
# build.sh [NAME...]: builds the named guests, or all, into bin/ with Debian's bare-metal cross
# compiler (gcc-riscv64-unknown-elf). The output depends on the sources and the compiler's version
# only. See README.md.
set -eu
cd "$(dirname "$0")"
CROSS=${CROSS:-riscv64-unknown-elf-}
FLAGS="-march=rv64gc -mabi=lp64d -mcmodel=medany -O2 -std=gnu11 -Wall -Wextra -Werror
  -ffreestanding -nostdlib -fno-builtin -fno-math-errno -fno-common -fno-pie
  -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -Icommon -Isrc
  -Wl,--build-id=none -Wl,--no-warn-rwx-segments"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
mkdir -p bin
NAMES=" $* "

# wanted NAME: whether it was named, or none was
wanted() {
  case $NAMES in
    "  " | *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

# compile OBJECT SOURCE NAME
compile() {
  # shellcheck disable=SC2086
  "${CROSS}gcc" $FLAGS -DGUEST_NAME="\"$3\"" -c -o "$1" "$2"
}

# finish NAME SCRIPT HEAP_BYTES OBJECT...: links, strips, and checks that the scale is at 0x1008
finish() {
  name=$1 script=$2 heap=$3
  shift 3
  # shellcheck disable=SC2086
  "${CROSS}gcc" $FLAGS -Wl,--defsym=HEAP_BYTES="$heap" -Wl,-z,max-page-size=4096 \
    -T "$script" -o "bin/$name.elf" "$@"
  "${CROSS}strip" -s "bin/$name.elf"
  scale=$(od -An -tx8 -j4104 -N8 "bin/$name.elf" | tr -d ' ')
  if [ "$scale" != 0000000000000001 ]; then
    echo "build.sh: $name: no scale of 1 at file offset 0x1008" >&2
    exit 1
  fi
}

# guest NAME HEAP_BYTES SOURCE...: begins in M-mode; a benchmark has common/main.c among its sources
guest() {
  name=$1 heap=$2
  shift 2
  wanted "$name" || return 0
  objects=
  for source in common/start.S common/trap.c "$@"; do
    object=$WORK/$name-$(basename "$source").o
    compile "$object" "$source" "$name"
    objects="$objects $object"
  done
  # shellcheck disable=SC2086
  finish "$name" common/guest.ld "$heap" $objects
}

# guest_sv39 NAME HEAP_BYTES SOURCE: the same program in S-mode, its 4 KiB frames scattered
guest_sv39() {
  wanted "$1" || return 0
  compile "$WORK/start.o" common/sv39-start.S "$1"
  compile "$WORK/sv39.o" common/sv39.c "$1"
  compile "$WORK/main.o" common/main.c "$1"
  compile "$WORK/program.o" "$3" "$1"
  finish "$1" common/sv39.ld "$2" "$WORK/start.o" "$WORK/sv39.o" "$WORK/main.o" "$WORK/program.o"
}

guest integer 0 common/main.c src/integer.c
guest branchy 0 common/main.c src/branchy.c
guest fp 0 common/main.c src/fp.c
guest memory 0x6000000 common/main.c src/memory.c
guest codemod 0x50000 common/main.c src/codemod.c
python3 src/gen-largecode.py > "$WORK/module.c"
guest largecode 0x8000000 common/main.c src/largecode.c "$WORK/module.c"
guest traps 0 common/main.c src/traps.c src/traps-asm.S
guest_sv39 integer-sv39 0x1000 src/integer.c
guest_sv39 branchy-sv39 0x1000 src/branchy.c
guest_sv39 memory-sv39 0x6000000 src/memory.c
guest fpcheck 0 common/main.c smoke/fpcheck.c
guest hello 0 smoke/hello.c
guest traps-m 0 smoke/traps-m.c smoke/traps-m-asm.S
