#!/bin/sh
# Lets media-recorder look at @HOST@, and do nothing else there. As root, on that host:
#
#     ops media.access @HOST@ | ssh YOU@@ADDRESS@ sudo sh
#
# It makes, and where it was run before makes anew:
#
#     the account @USER@, without a password, in no group but its own
#     @FOLDER@/probe        0755, all its key may run
#     @FOLDER@/containers   0755, all it may run by sudo
#     /etc/sudoers.d/media-recorder              0440, sudo's rule that says so
#     its ~/.ssh/authorized_keys                 0644, the key's line that says so@SSHD_TOLD@
#
# All of it is root's; the account can change nothing of it.
#
# To take all of it away: `ops media.access @HOST@ --remove`, in the same way.
set -eu
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

user=@USER@
folder=@FOLDER@
home=/var/lib/media-recorder

say() { printf '%s\n' "@HOST@: $*" >&2; }
give_up() {
    say "$*"
    exit 1
}

# A file of root's, whole or not there.
place() {
    mode=$1 file=$2
    cat >"$file.new"
    chown 0:0 "$file.new"
    chmod "$mode" "$file.new"
    mv -f "$file.new" "$file"
}

[ "$(id -u)" -eq 0 ] || give_up 'only root may do this: sudo sh'

if ! id "$user" >/dev/null 2>&1; then
    if command -v useradd >/dev/null; then
        useradd --system --home-dir "$home" --shell /bin/sh --password '*' "$user"
    else
        adduser -S -D -H -h "$home" -s /bin/sh "$user"
        printf '%s:*\n' "$user" | chpasswd -e
    fi
fi
# An account that was there before may be in groups, and has a life of its own.
eval "[ ~$user = $home ]" || give_up "$user is an account that was not made by this: name another with --user"
mkdir -p "$home" "$folder"
# shellcheck disable=SC2012 # one known name
[ "$(ls -ldn "$home" | awk '{ print $3 }')" -eq 0 ] || give_up "$home is not root's: name another account with --user"
chown 0:0 "$folder"
chmod 755 "$home" "$folder"

place 755 "$folder/probe" <<'END-OF-PROBE'
@PROBE@
END-OF-PROBE

place 755 "$folder/containers" <<'END-OF-CONTAINERS'
@CONTAINERS@
END-OF-CONTAINERS

if command -v visudo >/dev/null; then
    rules=/etc/sudoers.d/media-recorder
    place 440 "$folder/sudoers" <<'END-OF-RULES'
@RULES@
END-OF-RULES
    visudo -cqf "$folder/sudoers" || give_up 'visudo does not take the rule; nothing of it is in force'
    mv -f "$folder/sudoers" "$rules"
else
    say "no sudo here: what $user may not ask of the engine stays unknown"
fi

mkdir -p "$home/.ssh"
chown 0:0 "$home/.ssh"
chmod 755 "$home/.ssh"
place 644 "$home/.ssh/authorized_keys" <<'END-OF-LINE'
@LINE@
END-OF-LINE
@FORWARDING@
say "done. It is looked at as $user@NEXT@"
