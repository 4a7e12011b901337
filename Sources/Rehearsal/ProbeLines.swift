import Foundation

/// What a writer says while it writes, and at its end; see `Probes/rbd-writer.py`.
struct WriterLine: Sendable, Decodable, Hashable {
  var writes: Int
  /// For how long its present operation has waited, in seconds; `nil` at its end.
  var waiting: Double?
  var longestStall: Double
  /// `nil` while it writes.
  var wrongBlocks: Int?

  enum CodingKeys: String, CodingKey {
    case writes
    case waiting = "waiting_s"
    case longestStall = "longest_stall_s"
    case wrongBlocks = "wrong_blocks"
  }
}

/// What a host says of the datagrams that it gets; see `Probes/flows.py`.
struct FlowLine: Sendable, Decodable, Hashable {
  /// Peer to seconds since it was heard last; one that was never heard is missing.
  var silent: [String: Double]
  /// Peer to its longest silence so far, in seconds.
  var longestGap: [String: Double]

  enum CodingKeys: String, CodingKey {
    case silent = "silent_s"
    case longestGap = "longest_gap_s"
  }
}

/// The last line of a program's output that can be read: a line that is only half there yet is none.
func lastLine<Line: Decodable>(_ text: String, as type: Line.Type) -> Line? {
  text.split(separator: "\n").reversed().lazy.compactMap { line in
    try? JSONDecoder().decode(type, from: Data(line.utf8))
  }.first
}
