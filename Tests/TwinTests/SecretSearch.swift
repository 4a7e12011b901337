import Foundation
import Processes

/// Looks for a site's secrets where they must not be.
struct SecretSearch {
  /// By name.
  let secrets: [String: String]

  /// - Throws: `Unmet` where the site keeps no secrets: then there is nothing to prove
  init(_ state: StateFile) throws {
    secrets = try state.secrets()
    guard secrets.count > 3, secrets.values.allSatisfy({ $0.count > 30 }) else {
      throw Unmet("\(state.path) has no keys: \(secrets.keys.sorted())")
    }
  }

  /// One a line, for `grep -F -f`.
  var patterns: String { secrets.values.sorted().joined(separator: "\n") }

  /// The names of the secrets that a text contains.
  func found(in text: String) async throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("varde-patterns-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let isWritten = FileManager.default.createFile(
      atPath: file.path, contents: Data(patterns.utf8), attributes: [.posixPermissions: 0o600])
    guard isWritten else { throw Unmet("cannot write \(file.path)") }
    let hits = try await Command(["grep", "-a", "-o", "-F", "-f", file.path], input: text).run()
    guard hits.status < 2 else { throw Unmet("grep: \(hits.error)") }
    let values = Set(hits.output.split(separator: "\n").map(String.init))
    return secrets.filter { values.contains($0.value) }.keys.sorted()
  }

  /// Files of a host that contain a secret and are neither closed to all but their owner nor, as a monitor's database,
  /// below a folder that is closed to others.
  func openFiles(on host: String, of site: TestSite) async throws -> [String] {
    let script = """
      grep -r -l -a -F -f - /etc /var /root /tmp /home /opt /run --exclude-dir=journal 2>/dev/null |
      while read -r file; do
        case $(stat -c %a "$file") in 400|600) continue;; esac
        folder=$(dirname "$file") closed=
        while [ "$folder" != / ]; do
          case $(stat -c %a "$folder") in *[0246]) closed=yes;; esac
          folder=$(dirname "$folder")
        done
        [ "$closed" ] || echo "$file $(stat -c %a "$file")"
      done
      """
    return try await site.sh(host, script, input: patterns).split(separator: "\n").map { "\(host):\($0)" }
  }
}
