/// What the hosts of a lab boot from.
public enum ImageKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Debian with systemd and sshd: a rollout installs everything else, as on a new machine.
  case bare
  /// `bare` and the packages of the engines, without configuration and not started: for speed.
  case full
}

/// How an image is made. Two equal recipes make the same image, which is therefore built once.
struct ImageRecipe: Sendable, Hashable {
  var kind: ImageKind
  var apt: AptConfiguration

  /// Names the image after all that goes into it.
  var key: String {
    hex(
      fnv1a(([apt.codename, apt.sources.text] + apt.options + packages + [customization]).joined(separator: "\u{0}")))
  }

  var packages: [String] {
    let base = [
      "systemd", "systemd-sysv", "dbus", "udev", "openssh-server", "iproute2", "ca-certificates", "procps", "kmod",
      "libstdc++6",
    ]
    let engines = [
      "frr", "frr-pythontools", "ceph-base", "ceph-common", "ceph-mgr", "ceph-mon", "ceph-osd", "librados2", "nftables",
      "iputils-ping",
    ]
    return kind == .bare ? base : base + engines
  }

  /// A shell script with the root directory as `$1`, run when the packages are there.
  ///
  /// What it masks either cannot work in a container, or only costs time at each boot.
  var customization: String {
    """
    set -e
    cd "$1"
    rm -f etc/ssh/ssh_host_* var/lib/dbus/machine-id
    : > etc/machine-id
    : > etc/resolv.conf
    echo LANG=C.UTF-8 > etc/default/locale
    printf '%s\\n' 'HostKey /etc/ssh/ssh_host_ed25519_key' 'UseDNS no' 'GSSAPIAuthentication no' 'PrintMotd no' \
      'PasswordAuthentication no' 'MaxStartups 200' 'MaxSessions 100' > etc/ssh/sshd_config.d/varde-lab.conf
    sed -i '/pam_motd/d; /pam_mail/d' etc/pam.d/sshd
    mkdir -p etc/systemd/journald.conf.d etc/systemd/networkd.conf.d etc/systemd/network
    printf '%s\\n' '[Journal]' 'Storage=volatile' 'RuntimeMaxUse=16M' > etc/systemd/journald.conf.d/varde-lab.conf
    printf '%s\\n' '[Network]' 'ManageForeignRoutes=no' 'ManageForeignRoutingPolicyRules=no' \
      > etc/systemd/networkd.conf.d/varde-lab.conf
    printf '%s\\n' '[Match]' 'Name=mgmt0' '[Link]' 'Unmanaged=yes' > etc/systemd/network/10-varde-lab.network
    # Ceph's managers may not keep what they compile, and would compile their modules at each start.
    if [ -d usr/share/ceph/mgr ]; then chroot "$1" python3 -m compileall -q /usr/share/ceph/mgr; fi
    for unit in \(Self.disabled.joined(separator: " ")); do
      systemctl --root="$1" disable -q "$unit" 2>/dev/null || true
    done
    systemctl --root="$1" enable -q systemd-networkd.service
    systemctl --root="$1" set-default -q multi-user.target
    systemctl --root="$1" mask -q \(Self.masked.joined(separator: " "))
    mkdir -p etc/systemd/system-generators
    for generator in \(Self.generators.joined(separator: " ")); do
      ln -s /dev/null "etc/systemd/system-generators/systemd-$generator-generator"
    done
    """
  }

  /// Services of the engines: a rollout enables them when they are configured.
  private static let disabled = [
    "frr.service", "ceph.target", "ceph-mon.target", "ceph-mgr.target", "ceph-osd.target", "ceph-crash.service",
    "rbdmap.service", "nftables.service",
  ]

  /// They look for disks, consoles and old scripts that a container has not: each of them, at each boot and each time that
  /// units are read anew.
  private static let generators = [
    "cryptsetup", "debug", "fstab", "getty", "gpt-auto", "hibernate-resume", "integritysetup", "rc-local", "run",
    "system-update", "veritysetup",
  ]

  private static let masked = [
    "apt-daily.timer", "apt-daily-upgrade.timer", "blk-availability.service", "console-getty.service",
    "dev-hugepages.mount",
    "container-getty@.service", "dm-event.socket", "dpkg-db-backup.timer", "e2scrub_all.timer",
    "e2scrub_reap.service", "fstrim.timer", "getty@.service", "getty.target", "logrotate.timer", "lvm2-lvmpolld.socket",
    "lvm2-monitor.service", "modprobe@.service", "nvmefc-boot-connections.service", "nvmf-autoconnect.service",
    "remote-fs.target", "smartmontools.service", "systemd-ask-password-console.path", "systemd-ask-password-wall.path",
    "systemd-journal-catalog-update.service",
    "systemd-journal-flush.service",
    "systemd-logind.service", "systemd-network-generator.service",
    "systemd-networkd-wait-online.service", "systemd-pstore.service",
    "systemd-timesyncd.service", "systemd-tmpfiles-clean.timer", "systemd-update-utmp.service",
    "systemd-update-utmp-runlevel.service", "uuidd.socket",
  ]
}
