#!/bin/sh
# The guest's first process. What it does after the marker is the mode: /etc/mode, or gmode= on the
# kernel's command line.
#   shell   a shell on the console, again and again
#   check   /selfcheck, then power off
#   off     power off at once
#   switch  mount groot= (default /dev/vda) and go on with its ginit= (default /sbin/init)
export PATH=/bin:/sbin HOME=/
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts

read -r mode < /etc/mode
root=/dev/vda
next=/sbin/init
read -r words < /proc/cmdline
for word in $words; do
  case $word in
    gmode=*) mode=${word#gmode=} ;;
    groot=*) root=${word#groot=} ;;
    ginit=*) next=${word#ginit=} ;;
  esac
done

while read -r module; do
  insmod "/lib/modules/$module" || echo "INSMOD-FAIL $module"
done < /etc/modules.order
# user programs may read the cycle and instret counters
echo 2 2> /dev/null > /proc/sys/kernel/perf_user_access

read -r up rest < /proc/uptime
echo "GUEST-READY $(uname -r) harts=$(nproc) uptime=$up"

off() {
  sync
  echo "GUEST-POWEROFF"
  poweroff -f
}

switch() {
  tries=0
  while [ ! -b "$root" ] && [ $tries -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  mount -t ext4 "$root" /newroot || return
  umount /dev/pts
  for fs in proc sys dev; do mount -o move /$fs /newroot/$fs; done
  exec switch_root /newroot "$next"
}

case $mode in
  check) /selfcheck; off ;;
  off) off ;;
  switch) switch; echo "SWITCH-FAIL $root"; off ;;
esac
while :; do setsid cttyhack /bin/sh; done
