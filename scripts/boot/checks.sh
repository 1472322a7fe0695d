# shellcheck shell=bash
# Sourced by what runs inside a container: a line for each thing that was tried.
set -u
exec 2>&1

passed=0 failed=0
check() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "FAILED  $what"
    fi
}
property() {
    systemctl show fineprint --value -p "$1"
}
is() {
    [ "$(property "$1")" = "$2" ] || { echo "        $1 is $(property "$1"), not $2"; return 1; }
}
# Waits, for so many seconds at most, until a command succeeds.
within() {
    local seconds=$1
    shift
    for _ in $(seq $((seconds * 5))); do
        "$@" >/dev/null && return 0
        sleep 0.2
    done
    "$@"
}
journal() {
    journalctl --quiet --no-pager -u fineprint -o cat | grep -q -- "$1"
}
# A field of the journal, by name and value.
field() {
    journalctl --quiet --no-pager "_SYSTEMD_UNIT=fineprint.service" "$1" -o cat -n 1 | grep -q .
}
sum_up() {
    echo
    if [ $failed -gt 0 ]; then
        journalctl --no-pager -u fineprint -o short-precise | tail -60
    fi
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
}
