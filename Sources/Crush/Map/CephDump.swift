import Foundation

/// What a command of Ceph prints as JSON.
public protocol CephDump: Decodable {}

extension CephDump {
  /// - Parameter command: for the error: `ceph osd dump`
  /// - Throws: `CrushMapError`, with the place in the dump
  public static func decode(_ data: Data, _ command: String) throws(CrushMapError) -> Self {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(Self.self, from: CephJSON.plain(data)) } catch {
      throw CrushMapError("this is no output of '\(command) -f json': \(CephDumpProblem.words(error))")
    }
  }
}

/// Why a dump cannot be read.
private enum CephDumpProblem {
  /// `pools[3] has no 'size'`.
  static func words(_ error: any Error) -> String {
    /// As Ceph writes it: `crushRule` is `crush_rule`.
    func snake(_ key: any CodingKey) -> String {
      key.stringValue.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
    func path(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\(snake($0))" }.joined()
      return path.isEmpty ? "the whole of it" : String(path.trimmingPrefix("."))
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?: return "\(path(context)) has no '\(snake(key))'"
    case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?:
      return "\(path(context)) is of another type"
    case .dataCorrupted(let context)?:
      return context.codingPath.isEmpty ? "it is no JSON" : "\(path(context)) is out of range"
    default: return "\(error)"
    }
  }
}
