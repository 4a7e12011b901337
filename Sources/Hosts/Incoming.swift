import HostProtocol
import Subprocess

/// A process's output: lines at first, then frames.
struct Incoming {
  private var pieces: SubprocessOutputSequence.Iterator
  private var line: [UInt8] = []
  private var reader = FrameReader()

  init(_ output: SubprocessOutputSequence) { pieces = output.makeAsyncIterator() }

  /// The next line; only before the first frame. `nil`: the output has ended.
  mutating func line(isolation actor: isolated any Actor) async throws -> String? {
    while true {
      if let newline = line.firstIndex(of: UInt8(ascii: "\n")) {
        defer { line.removeSubrange(...newline) }
        return String(decoding: line[..<newline], as: UTF8.self)
      }
      guard let piece = try await pieces.next(isolation: actor) else { return nil }
      piece.withUnsafeBytes { line.append(contentsOf: $0) }
    }
  }

  /// The payload of the next frame; `nil`: the output has ended.
  mutating func frame(isolation actor: isolated any Actor) async throws -> [UInt8]? {
    // What came with the last line.
    reader.append(line)
    line = []
    while true {
      if let payload = try reader.next() { return payload }
      guard let piece = try await pieces.next(isolation: actor) else { return nil }
      piece.withUnsafeBytes { reader.append($0) }
    }
  }
}
