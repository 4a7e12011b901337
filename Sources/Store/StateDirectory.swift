import Foundation

/// Where one site's journal, secrets and lock live: one folder, readable by its owner only.
public struct StateDirectory: Sendable, Hashable {
  public var path: String

  /// Names the folder, and makes nothing: whoever only looks leaves no trace.
  public init(_ path: String) { self.path = path }

  /// Makes the folder where it is missing, and closes it to others.
  func make() throws(StoreError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    } catch {
      throw StoreError("cannot make the state folder \(path): \(error.localizedDescription)")
    }
  }

  /// The folder of a site: below `$VARDE_STATE`, else `$XDG_STATE_HOME/varde`, else `~/.local/state/varde`.
  public static func standard(site: String, environment: [String: String]) -> String {
    if let base = environment["VARDE_STATE"], !base.isEmpty { return "\(base)/\(site)" }
    if let base = environment["XDG_STATE_HOME"], !base.isEmpty { return "\(base)/varde/\(site)" }
    return "\(environment["HOME"] ?? "/root")/.local/state/varde/\(site)"
  }

  /// A random name of this folder, made once: by it hosts know sessions of its controllers.
  ///
  /// Call it with the site's lock held.
  public func identity() throws(StoreError) -> String {
    let path = "\(self.path)/identity"
    if let known = try? String(contentsOfFile: path, encoding: .utf8), !known.isEmpty { return known }
    let identity = UUID().uuidString
    do {
      try identity.write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    } catch {
      throw StoreError("cannot write \(path): \(error.localizedDescription)")
    }
    return identity
  }

  var database: String { "\(path)/state.sqlite" }
  var lock: String { "\(path)/lock" }
}

/// Why journal, secrets or lock cannot be used, and what to do.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
