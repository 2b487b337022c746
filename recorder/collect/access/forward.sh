
# What listens on localhost only is reached through SSH. A key that may forward to a port may also make
# sockets, against which authorized_keys has no word: so it may only once sshd forbids those.
# shellcheck disable=SC2154 # set above
{
    sshd_rules=/etc/ssh/sshd_config.d/media-recorder.conf
    mkdir -p "${sshd_rules%/*}"
    place 644 "$sshd_rules" <<'END-OF-MATCH'
Match User @USER@
    AllowStreamLocalForwarding no
END-OF-MATCH
    sshd -t || {
        rm -f "$sshd_rules"
        give_up 'sshd does not take its new rule, which is gone again'
    }
    if sshd -T -C "user=$user,host=localhost,addr=127.0.0.1" | grep -qx 'allowstreamlocalforwarding no'; then
        systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null ||
            kill -HUP "$(cat /run/sshd.pid 2>/dev/null)" 2>/dev/null ||
            give_up 'sshd could not be reloaded, so what listens on localhost only stays unknown: reload it and run this again'
        place 644 "$home/.ssh/authorized_keys" <<'END-OF-LINE'
@LINE@
END-OF-LINE
    else
        say "sshd does not read $sshd_rules, so what listens on localhost only stays unknown"
    fi
}
