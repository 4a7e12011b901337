import Foundation

/// Inputs from the field on which something was wrong once: `Tests/Field`.
public enum FieldInput {
  /// - Parameter path: below the folder: `ceph/crlf-text/map.txt`
  public static func data(_ path: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(path)) }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Field")
}
