#!/bin/busybox sh
# Process 1 of an emulated machine. The kernel's command line says which of the two it is.

set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*.ko; do
    /bin/busybox insmod "$module"
done

address() {
    /bin/busybox ifconfig "$1" "$2" netmask 255.255.255.0 up
}

# Two hosts of one network, and a way in from the machine that emulates them.
address lo 127.0.0.1
address eth0 10.0.2.15
/usr/sbin/sshd -E /dev/console

case $(cat /proc/cmdline) in
    *machine=server*)
        /bin/busybox hostname pve
        address eth1 192.0.2.1
        mount /dev/vda /srv
        mkdir -p /srv/media /srv/other
        mount -t nfsd nfsd /proc/fs/nfsd
        exportfs -ra
        rpc.mountd -N 3
        rpc.nfsd -N 3 4
        ;;
    *machine=client*)
        /bin/busybox hostname player
        address eth1 192.0.2.209
        ;;
esac

echo booted
while :; do
    sleep 3600 &
    wait
done
