#!/bin/sh
# What media-recorder may ask of this host, for a key that may do nothing else: the command= of a line
# in authorized_keys. The request is the first line of what is sent; it is read as data, letter by
# letter, and nothing of it is run. Whatever else is sent or asked for is refused.
#
# Made by `ops media.access`, which prints it anew.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
LC_ALL=C
export PATH LC_ALL
set -f

VERSION=@VERSION@     # of requests, and of how they are answered
MOST_ASKED=65536 # bytes of a request
COMPOSE='@COMPOSE@' # the compose file it may tell, as a request spells it; `-` none

refuse() {
    printf 'media-recorder probe %s: %s\n' "$VERSION" "$1" >&2
    exit 77
}

no_look='this key may only look'
[ "$SSH_ORIGINAL_COMMAND" = 'sh -s' ] || refuse "$no_look"
request=$(head -n 1 | head -c "$MOST_ASKED")
case $request in request=\'*\') ;; *) refuse "$no_look" ;; esac
request=${request#request=\'}
request=${request%\'}
case $request in *[!A-Za-z0-9/._+:@,=%\\\ -]*) refuse 'no request' ;; esac
case $request in *\\*) case $(printf '%s' "$request" | sed 's/\\0[0-3][0-7][0-7]//g') in *\\*) refuse 'no request' ;; esac ;; esac
# shellcheck disable=SC2086 # its words
set -- $request
[ "$1" = "$VERSION" ] || refuse 'another version'
case $2 in *[!0-9a-f]*) refuse 'no request' ;; esac
[ ${#2} -eq 32 ] || refuse 'no request'

answer_look() (
@LOOK@
)

answer_boots() (
@BOOTS@
)

case $3 in
    look)
        [ $# -ge 5 ] || refuse 'no request'
        case $4 in search | -) ;; *) refuse 'no request' ;; esac
        if [ "$5" != - ] && [ "$5" != "$COMPOSE" ]; then
            printf '\n%s compose 5\n' "$2"
            told="$1 $2 $3 $4 -"
            shift 5
            request="$told $*"
        fi
        answer_look
        ;;
    boots) answer_boots ;;
    *) refuse 'another version' ;;
esac
