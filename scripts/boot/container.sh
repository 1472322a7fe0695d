# shellcheck shell=bash
# Sourced by boot-test and deb-test: a Debian that boots under systemd in a container of its own, without a network but loopback.
# Needs root, and the Debian packages debootstrap and systemd-container. The tree is made once and kept.

CACHE=${FINEPRINT_BOOT_CACHE:-/var/cache/fineprint-boot}
RELEASE=bookworm
# systemd and what a test page and its server need; perl-base is in every Debian.
PACKAGES=systemd,systemd-sysv,dbus,ca-certificates

say() {
    echo "$(basename "$0"): $*" >&2
}

need() {
    ((EUID == 0)) || { say "this needs root, to boot a container"; exit 3; }
    local missing=()
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
    ((${#missing[@]})) || return 0
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; } >&2
}

# A fresh copy of the tree at $root, with one more package if one is named.
make_root() {
    local base=$CACHE/$RELEASE more=${1:-}
    if [[ ! -e $base.made ]]; then
        say "making a $RELEASE once, in $base"
        rm -rf "$base"
        mkdir -p "$CACHE"
        debootstrap --variant=minbase --include="$PACKAGES" "$RELEASE" "$base" >"$base.log"
        touch "$base.made"
    fi
    if [[ $more && ! -e $base-$more.made ]]; then
        say "adding $more once, in $base-$more"
        rm -rf "$base-$more"
        cp -a --reflink=auto "$base" "$base-$more"
        cp /etc/resolv.conf "$base-$more/etc/resolv.conf"
        { chroot "$base-$more" apt-get update -q &&
            DEBIAN_FRONTEND=noninteractive chroot "$base-$more" apt-get install -qy --no-install-recommends "$more"; } >"$base-$more.log" 2>&1
        touch "$base-$more.made"
    fi
    cp -a --reflink=auto "$base${more:+-$more}/." "$root"
    # The host's addresses of name servers mean nothing in there.
    echo "127.0.0.1 localhost terms.test" >"$root/etc/hosts"
    : >"$root/etc/resolv.conf"
}

# Boots $root, runs the script inside as the last unit of the boot, shows what it says, and ends with its exit code.
boot() {
    local script=$1 limit=$2
    install -D -m 755 "$script" "$root/boot/check"
    cat >"$root/etc/systemd/system/boot-check.service" <<'UNIT'
[Unit]
After=multi-user.target systemd-user-sessions.service
[Service]
Type=oneshot
ExecStart=-/bin/sh -c "/boot/check; echo $? >/boot/code"
ExecStopPost=/bin/systemctl --force --no-block poweroff
StandardOutput=file:/boot/log
StandardError=file:/boot/log
[Install]
WantedBy=graphical.target
UNIT
    ln -sf /lib/systemd/system/graphical.target "$root/etc/systemd/system/default.target"
    mkdir -p "$root/etc/systemd/system/graphical.target.wants"
    ln -sf ../boot-check.service "$root/etc/systemd/system/graphical.target.wants/boot-check.service"
    timeout -s KILL "$limit" systemd-nspawn -q -D "$root" -b --register=no --keep-unit --private-network --console=read-only \
        --link-journal=no </dev/null >"$root/boot/console" 2>&1 || true
    cat "$root/boot/log" || { say "it did not boot:"; tail -20 "$root/boot/console" >&2; exit 3; }
    local code
    code=$(cat "$root/boot/code" 2>/dev/null) || { say "it did not come to its end within $limit s"; exit 1; }
    return "$code"
}
