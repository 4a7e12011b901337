import Design
import HostProtocol
import Plan

/// What hosts of a Ceph cluster must have, as resources in the order in which they are applied.
public struct CephResources: Sendable {
  let design: Design
  let ceph: CephDesign
  let formerMons: [String]
  /// What the packages must at least be; `nil`: what the hosts' own release of Debian has.
  let release: CephRelease?

  /// - Parameter formerMons: see `CephConf`
  init(_ ceph: CephDesign, in design: Design, formerMons: [String], release: CephRelease?) {
    self.ceph = ceph
    self.design = design
    self.formerMons = formerMons
    self.release = release
  }

  /// Packages, configuration and targets: what every host of the cluster has before any daemon.
  func host(_ node: Node) -> [Resource] {
    let isMon = ceph.mons.contains(node.name)
    let isMgr = ceph.mgrs.contains(node.name)
    let hasOSDs = ceph.osds.contains { $0.host == node.name }
    guard isMon || isMgr || hasOSDs || node.roles.contains(.compute) else { return [] }
    var packages = ["ceph-common"]
    var targets: [String] = []
    for (wanted, daemon) in [(isMon, "mon"), (isMgr, "mgr"), (hasOSDs, "osd")] where wanted {
      packages.append("ceph-\(daemon)")
      targets.append("ceph-\(daemon).target")
    }
    var resources = packages.map {
      Resource.package(PackageResource($0, atLeast: release?.series, suite: release?.suite))
    }
    let conf = CephConf(node: node, design: design, ceph: ceph, formerMons: formerMons)
    resources.append(.file(FileResource("/etc/ceph/ceph.conf", content: conf.text)))
    if isMon { resources.append(keyringFile(.admin)) }
    if !targets.isEmpty { targets.insert("ceph.target", at: 0) }
    return resources + targets.map { .unit(UnitResource($0)) }
  }

  /// - Parameter members: the monitor map to start with: all monitors of a new cluster, or those of one that is there
  func mon(_ node: Node, members: [String: String]) -> [Resource] {
    let store = CephMonResource(
      name: node.name, fsid: SecretReference.placeholder(CephSecret.fsid), members: members,
      keyring: Keyring.mon.text + Keyring.admin.text)
    return [.cephMon(store)] + service(Self.monUnit(node.name), of: "ceph-mon", on: node)
  }

  private static func monUnit(_ host: String) -> String { "ceph-mon@\(host).service" }

  /// A host whose monitor is no longer in the map.
  static func formerMon(_ host: String) -> [Resource] {
    [off(monUnit(host)), .cephMon(CephMonResource(absent: host)), absent(.admin)]
  }

  /// A host whose manager lives elsewhere now.
  static func formerMgr(_ host: String) -> [Resource] {
    let keyring = FileResource("/var/lib/ceph/mgr/ceph-\(host)/keyring", content: "", secret: true, present: false)
    return [off("ceph-mgr@\(host).service"), .file(keyring)]
  }

  /// An OSD whose data lies elsewhere now.
  static func formerOSD(_ osd: OSDState) -> [Resource] {
    let unit = "ceph-osd@\(osd.id).service"
    let dropIn = FileResource("/etc/systemd/system/\(unit).d/varde.conf", content: "", present: false)
    return [off(unit), .cephOSD(CephOSDResource(absent: osd.id, uuid: osd.uuid)), .file(dropIn)]
  }

  private static func off(_ unit: String) -> Resource { .unit(UnitResource(unit, enabled: false, running: false)) }

  func mgr(_ node: Node) -> [Resource] {
    let directory = "/var/lib/ceph/mgr/ceph-\(node.name)"
    let unit = "ceph-mgr@\(node.name).service"
    return [
      .directory(DirectoryResource(directory, owner: "ceph", group: "ceph")),
      .file(
        FileResource(
          "\(directory)/keyring", content: Keyring.mgr(node.name).text, owner: "ceph", group: "ceph", mode: 0o600,
          secret: true)),
    ] + service(unit, of: "ceph-mgr", on: node)
  }

  func osd(_ id: Int, _ osd: OSDDesign, on node: Node) -> [Resource] {
    let data = CephOSDResource(
      id: id, uuid: osd.disk.uuid, fsid: SecretReference.placeholder(CephSecret.fsid), device: osd.disk.path,
      size: osd.disk.size?.count, deviceClass: osd.disk.deviceClass?.rawValue,
      key: SecretReference.placeholder(CephSecret.osdKey(uuid: osd.disk.uuid)))
    // Device nodes are made anew at boot, as root's.
    let owner = "ExecStartPre=+/bin/chown --dereference ceph:ceph \(osd.disk.path)"
    return [.cephOSD(data)] + service("ceph-osd@\(id).service", of: "ceph-osd", on: node, [owner])
  }

  /// A unit that starts again when its address becomes another, for daemons bind once, and when its package does.
  private func service(
    _ unit: String, of package: String, on node: Node, _ lines: [String] = []
  ) -> [Resource] {
    let directory = "/etc/systemd/system/\(unit).d"
    let dropIn = "\(directory)/varde.conf"
    let text = ["# Written by Varde.", "[Service]", "# The daemon is bound to \(node.service)."] + lines
    return [
      .directory(DirectoryResource(directory)),
      .file(FileResource(dropIn, content: text.joined(separator: "\n") + "\n")),
      .unit(UnitResource(unit, restartOn: [dropIn, package])),
    ]
  }

  /// Keyrings of the pools' users, for hosts that run virtual machines.
  func clients(_ node: Node) -> [Resource] {
    let keyrings = ceph.pools.filter { $0.use == .rbd }.map { Keyring.rbd(pool: $0.name) }
    return keyrings.map { node.roles.contains(.compute) ? keyringFile($0) : Self.absent($0) }
  }

  private func keyringFile(_ keyring: Keyring) -> Resource {
    .file(FileResource(Self.path(keyring), content: keyring.text, mode: 0o600, secret: true))
  }

  /// Keys that a host has had and needs no more.
  private static func absent(_ keyring: Keyring) -> Resource {
    .file(FileResource(path(keyring), content: "", secret: true, present: false))
  }

  private static func path(_ keyring: Keyring) -> String { "/etc/ceph/ceph.\(keyring.entity).keyring" }
}
