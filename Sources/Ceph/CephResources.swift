import Design
import HostProtocol
import Plan

/// What hosts of a Ceph cluster must have, as resources in the order in which they are applied.
public struct CephResources: Sendable {
  let design: Design
  let ceph: CephDesign

  init(_ ceph: CephDesign, in design: Design) {
    self.ceph = ceph
    self.design = design
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
    var resources = packages.map { Resource.package(PackageResource($0)) }
    resources.append(
      .file(FileResource("/etc/ceph/ceph.conf", content: CephConf(node: node, design: design, ceph: ceph).text)))
    if isMon { resources.append(keyringFile(.admin)) }
    if !targets.isEmpty { targets.insert("ceph.target", at: 0) }
    return resources + targets.map { .unit(UnitResource($0)) }
  }

  /// - Parameter members: the monitor map to start with: all monitors of a new cluster, or those of one that is there
  func mon(_ node: Node, members: [String: String]) -> [Resource] {
    let store = CephMonResource(
      name: node.name, fsid: SecretReference.placeholder(CephSecret.fsid), members: members,
      keyring: Keyring.mon.text + Keyring.admin.text)
    return [.cephMon(store), .unit(UnitResource("ceph-mon@\(node.name).service"))]
  }

  func mgr(_ node: Node) -> [Resource] {
    let directory = "/var/lib/ceph/mgr/ceph-\(node.name)"
    return [
      .directory(DirectoryResource(directory, owner: "ceph", group: "ceph")),
      .file(
        FileResource(
          "\(directory)/keyring", content: Keyring.mgr(node.name).text, owner: "ceph", group: "ceph", mode: 0o600,
          secret: true)),
      .unit(UnitResource("ceph-mgr@\(node.name).service")),
    ]
  }

  func osd(_ id: Int, _ osd: OSDDesign) -> [Resource] {
    let data = CephOSDResource(
      id: id, uuid: osd.disk.uuid, fsid: SecretReference.placeholder(CephSecret.fsid), device: osd.disk.path,
      size: osd.disk.size?.count, deviceClass: osd.disk.deviceClass?.rawValue,
      key: SecretReference.placeholder(CephSecret.osdKey(uuid: osd.disk.uuid)))
    let unit = "ceph-osd@\(id).service"
    let dropIn = "/etc/systemd/system/\(unit).d/varde.conf"
    return [
      .cephOSD(data),
      .directory(DirectoryResource("/etc/systemd/system/\(unit).d")),
      // Device nodes are made anew at boot, as root's.
      .file(
        FileResource(
          dropIn,
          content: """
            # Written by Varde.
            [Service]
            ExecStartPre=+/bin/chown --dereference ceph:ceph \(osd.disk.path)

            """)),
      .unit(UnitResource(unit, restartOn: [dropIn])),
    ]
  }

  /// Keyrings of the pools' users, for hosts that run virtual machines.
  func clients(_ node: Node) -> [Resource] {
    guard node.roles.contains(.compute) else { return [] }
    return ceph.pools.filter { $0.use == .rbd }.map { keyringFile(.rbd(pool: $0.name)) }
  }

  private func keyringFile(_ keyring: Keyring) -> Resource {
    .file(
      FileResource("/etc/ceph/ceph.\(keyring.entity).keyring", content: keyring.text, mode: 0o600, secret: true))
  }
}
