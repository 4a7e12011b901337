import Foundation
import Processes
import Site

extension LabHost {
  /// Makes the host's root file system and disks, as far as they are not there.
  func ensureRoot(image: String, keys: LabKeys, proxy: String) async throws {
    guard Files.exists(paths.labDisks) else {
      throw LabError(name, "\(paths.labDisks) is not there: run 'varde lab up' first")
    }
    let layers = try ensureLayers(image: image)
    for directory in [root, paths.upper(name), paths.work(name), paths.disks(name)] where !Files.exists(directory) {
      try Files.makeDirectory(directory, mode: 0o755)
    }
    let lower = "lowerdir=\(layers.directories(paths).joined(separator: ":"))"
    if let options = Mounts.options(of: root) {
      guard options.contains(lower) else {
        throw LabError(name, "was made of another image; run 'varde lab down' first")
      }
    } else {
      // `volatile` forgoes syncing, which no twin needs; its mark of an unclean end would refuse the next mount.
      try Files.remove("\(paths.work(name))/work/incompat")
      let options = "\(lower),upperdir=\(paths.upper(name)),workdir=\(paths.work(name)),volatile"
      try await Command.check("mount", "-t", "overlay", machine, "-o", options, root)
    }
    try writeIdentity(keys: keys, proxy: proxy)
    for disk in node.disks {
      if let file = diskFile(disk) { try ensureDisk("\(paths.disks(name))/\(file)", size: disk.size ?? .gib(10)) }
    }
  }

  /// What the host's root is made of; a host keeps it until it is installed anew.
  private func ensureLayers(image: String) throws -> RootLayers {
    guard let layers else {
      let new = RootLayers(saved: [], image: image)
      try Files.write(new.text, to: paths.layersFile(name))
      return new
    }
    guard layers.image == image else {
      throw LabError(name, "was made of another image; run 'varde lab down' first")
    }
    try finishKeeping(layers)
    return layers
  }

  /// What the host's root is made of; `nil` before it is first made.
  var layers: RootLayers? { RootLayers.read(paths.layersFile(name), base: paths.base) }

  /// Makes what the host wrote a layer below what it will write. Its root must not be mounted.
  func keepUpper(as layer: String) throws {
    guard var layers else { throw LabError(name, "has no root; run 'varde lab up' first") }
    // The list comes first: a layer that is listed and missing still is the upper.
    layers.saved.insert(layer, at: 0)
    try Files.write(layers.text, to: paths.layersFile(name))
    try finishKeeping(layers)
  }

  private func finishKeeping(_ layers: RootLayers) throws {
    guard let top = layers.saved.first.map({ "\(paths.layers)/\($0)" }), !Files.exists(top) else { return }
    guard rename(paths.upper(name), top) == 0 else {
      throw LabError(name, "cannot be kept in \(top): \(String(cString: strerror(errno)))")
    }
    try Files.remove(paths.work(name))
  }

  /// Removes what was written over the image; disks stay.
  ///
  /// - Parameter image: What the root is made of next.
  func removeRoot(image: String) async throws {
    try await Mounts.unmountAll(below: root)
    try Files.write(RootLayers(saved: [], image: image).text, to: paths.layersFile(name))
    for directory in [paths.upper(name), paths.work(name)] { try Files.remove(directory) }
  }

  private func writeIdentity(keys: LabKeys, proxy: String) throws {
    // Two halves of one hash family: a machine id that is the same each time and differs between hosts and sites.
    let machineID = hex(fnv1a(machine)) + hex(fnv1a(machine, basis: 1))
    let links = node.disks.compactMap { disk in diskFile(disk).map { "L+ \(disk.path) - - - - /disks/\($0)\n" } }
    let files: [(path: String, text: String, mode: Int)] = [
      ("etc/hostname", "\(name)\n", 0o644),
      ("etc/machine-id", "\(machineID)\n", 0o444),
      ("etc/ssh/ssh_host_ed25519_key", try keys.privateKey(of: node), 0o600),
      ("etc/ssh/ssh_host_ed25519_key.pub", try keys.publicKey(of: node), 0o644),
      ("root/.ssh/authorized_keys", try keys.operatorKey(), 0o600),
      ("etc/apt/apt.conf.d/99varde-lab", "Acquire::http::Proxy \"\(proxy)\";\n", 0o644),
      ("etc/tmpfiles.d/varde-lab.conf", links.joined(), 0o644),
    ]
    for file in files where Files.read("\(root)/\(file.path)") != file.text {
      try Files.write(file.text, to: "\(root)/\(file.path)", mode: file.mode)
    }
  }

  /// A sparse file that Ceph's user may open. The uid is the one that Debian gives to `ceph` in every release.
  private func ensureDisk(_ path: String, size: Bytes) throws {
    guard !Files.exists(path) else { return }
    let temporary = "\(path).new"
    try Files.write("", to: temporary, mode: 0o660)
    guard truncate(temporary, off_t(size.count)) == 0, chown(temporary, 64045, 64045) == 0, rename(temporary, path) == 0
    else { throw LabError(path, "cannot be made: \(String(cString: strerror(errno)))") }
  }
}
