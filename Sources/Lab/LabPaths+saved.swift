/// Where disks and saved twins lie. All labs of this machine share them.
extension LabPaths {
  /// Held while the disk pool or a saved twin changes. Whoever also needs the lock of a site takes that one first.
  var storeLock: String { "\(base)/pool.lock" }

  /// The disks of all twins, on a file system that can share blocks between files.
  var pool: String { "\(base)/pool" }
  /// The file behind the pool, where the file system of `base` cannot share blocks.
  var poolFile: String { "\(base)/pool.xfs" }
  /// One directory for each site that has a lab. While there is one, the pool is in use.
  var poolLabs: String { "\(pool)/labs" }
  var labDisks: String { "\(poolLabs)/\(site)" }
  func disks(_ host: String) -> String { "\(labDisks)/\(host)" }
  /// The disks of saved twins, one directory for each save.
  var poolSaved: String { "\(pool)/saved" }
  func savedDisks(_ id: String) -> String { "\(poolSaved)/\(id)" }

  private var saved: String { "\(base)/saved" }
  /// One manifest for each saved twin. What has a manifest is whole.
  var manifests: String { "\(saved)/twins" }
  func manifest(_ name: String) -> String { "\(manifests)/\(name).json" }
  /// Keys and the controller's state, one directory for each save.
  var savedData: String { "\(saved)/data" }
  func savedData(_ id: String) -> String { "\(savedData)/\(id)" }
  /// What hosts had changed when they were saved, one directory for each host and save.
  var layers: String { "\(saved)/layers" }

  /// The lower layers of a host's root below `base`, one a line: the top first, the image last.
  func layersFile(_ host: String) -> String { "\(self.host(host))/layers" }
  /// A lab that is prepared by a restore, before it gets its name.
  var unfinishedLab: String { "\(unfinishedLabs)/\(site)" }
  var unfinishedLabs: String { "\(base)/lab/.unfinished" }
  /// Names the saved twin that this lab is made of, until its restore is done.
  var restoring: String { "\(lab)/restoring" }
}
