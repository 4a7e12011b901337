import Glibc
import HostProtocol

extension DirectoryResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    guard let status = try FileSystem.status(path) else { return [Change("directory", from: nil, to: path)] }
    guard status.kind == S_IFDIR else { return [Change("type", from: status.kindName, to: "directory")] }
    return try host.accounts().changes(of: status.ownership, owner: owner, group: group) + status.changes(mode: mode)
  }

  func converge(_ host: Host) throws {
    let ownership = try host.accounts().ownership(owner: owner, group: group)
    if let status = try FileSystem.status(path) {
      guard status.kind == S_IFDIR else { throw Failure("\(path) is a \(status.kindName); move it away") }
    } else {
      let parent = FileSystem.directory(of: path)
      guard FileSystem.exists(parent) else {
        throw Failure("\(parent) is not there: let a directory resource for it come before \(path)")
      }
      try check(mkdir(path, 0o700), path)
    }
    try FileSystem.set(path, owner: ownership, mode: mode)
    try FileSystem.sync(directory: FileSystem.directory(of: path))
  }
}
