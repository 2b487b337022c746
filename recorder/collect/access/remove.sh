#!/bin/sh
# Takes away from @HOST@ what `ops media.access @HOST@` made there: the account @USER@
# with its key, its two programs, and what sudo and sshd were told of it. As root, on that host.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

user=@USER@
[ "$(id -u)" -eq 0 ] || {
    echo 'only root may do this: sudo sh' >&2
    exit 1
}
home=/var/lib/media-recorder
if id "$user" >/dev/null 2>&1; then
    eval "[ ~$user = $home ]" || {
        echo "$user is an account that was not made by \`ops media.access\`; nothing is taken away" >&2
        exit 1
    }
    if command -v userdel >/dev/null; then userdel -f "$user"; else deluser "$user"; fi
fi
rm -rf "$home"
rm -f /etc/sudoers.d/media-recorder
rm -rf @FOLDER@
if [ -f /etc/ssh/sshd_config.d/media-recorder.conf ]; then
    rm -f /etc/ssh/sshd_config.d/media-recorder.conf
    systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null ||
        kill -HUP "$(cat /run/sshd.pid 2>/dev/null)" 2>/dev/null ||
        echo 'sshd keeps its rule about that account until it is reloaded' >&2
fi
