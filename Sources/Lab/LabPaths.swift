import Foundation

/// Where the parts of one site's lab lie. Everything is named after the site, so that nothing needs a record.
public struct LabPaths: Sendable, Hashable {
  public var site: String
  /// `/var/lib/varde`, or what `VARDE_LAB_DIR` says.
  public var base: String

  public init(site: String, base: String? = nil) {
    self.site = site
    self.base = base ?? ProcessInfo.processInfo.environment["VARDE_LAB_DIR"] ?? "/var/lib/varde"
  }

  /// Root file systems that hosts of all labs share, one directory a kind and content key.
  var images: String { "\(base)/images" }
  /// Images that are being built, one for each lab at most.
  var unfinishedImages: String { "\(images)/.unfinished" }
  var unfinishedImage: String { "\(unfinishedImages)/\(site)" }
  /// Packages that hosts of all labs share.
  var packages: String { "\(base)/apt-cache" }
  /// Everything of this lab that lies on disk.
  public var lab: String { "\(base)/lab/\(site)" }
  /// Held while `up`, `down`, `fail` or `heal` works.
  var lock: String { "\(base)/lab/\(site).lock" }

  var ssh: String { "\(lab)/ssh" }
  /// What ssh and the controller use as `-F`.
  public var sshConfig: String { "\(ssh)/config" }
  var sshKey: String { "\(ssh)/id_ed25519" }
  var knownHosts: String { "\(ssh)/known_hosts" }
  func hostKey(_ host: String) -> String { "\(ssh)/hosts/\(host)" }

  var proxy: String { "\(lab)/apt-proxy" }
  var proxySocket: String { "\(proxy)/socket" }

  func host(_ name: String) -> String { "\(lab)/hosts/\(name)" }
  /// The overlay that the host boots from.
  func root(_ host: String) -> String { "\(self.host(host))/root" }
  func upper(_ host: String) -> String { "\(self.host(host))/upper" }
  func work(_ host: String) -> String { "\(self.host(host))/work" }
  /// nspawn's exit code, written when it ends by itself.
  func exit(_ host: String) -> String { "\(self.host(host))/exit" }
  /// What the host's console said, of all its boots.
  public func console(_ host: String) -> String { "\(self.host(host))/console.log" }

  var namespace: String { "varde-\(site)" }
  var namespaceFile: String { "/run/netns/\(namespace)" }
  var cgroup: Cgroup { Cgroup("varde/\(site)") }
  /// Of a host; or of a helper, whose name starts with `_`, which no host may.
  func cgroup(_ part: String) -> Cgroup { Cgroup("varde/\(site)/\(part)") }
  /// nspawn's name of a host; unlike the host's own name it is unique on this machine.
  func machine(_ host: String) -> String { "varde-\(site)-\(host)" }
}
