import ArgumentParser
import Crush
import Site

/// How much of a cluster's data moves at a time.
struct PaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Shards to move in a round.", valueName: "n")) var maxMoves: Int?
  @Option(help: ArgumentHelp("Bytes to move in a round: 10TiB.", valueName: "bytes")) var maxBytes: String?
  @Option(help: ArgumentHelp("Shards that come to one OSD or leave it in a round.", valueName: "n"))
  var maxPerOsd: Int?
  @Option(help: ArgumentHelp("Share of all shards to move in a round: 5%.", valueName: "share"))
  var maxMisplaced: String?

  var isGiven: Bool { maxMoves != nil || maxBytes != nil || maxPerOsd != nil || maxMisplaced != nil }

  func validate() throws {
    if let maxMoves, maxMoves < 1 { throw ValidationError("--max-moves is at least 1") }
    if let maxPerOsd, maxPerOsd < 1 { throw ValidationError("--max-per-osd is at least 1") }
    if let maxBytes, Bytes(maxBytes) == nil {
      throw ValidationError("--max-bytes is a number and a unit: 500GiB, 10TiB")
    }
    if maxMisplaced != nil, share == nil { throw ValidationError("--max-misplaced is a share of 0% to 100%: 5%") }
  }

  private var share: Double? {
    guard let text = maxMisplaced, text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0,
      percent <= 100
    else { return nil }
    return percent / 100
  }

  func limits(of map: OSDMap) -> Balancer.Limits {
    let shards = map.pools.values.reduce(0) { $0 + Int($1.groups) * $1.size }
    let most = share.map { max(1, Int(Double(shards) * $0)) }
    return Balancer.Limits(
      moves: [maxMoves, most].compactMap { $0 }.min() ?? .max,
      bytes: maxBytes.flatMap { Bytes($0) }.map { Double($0.count) } ?? .infinity, perOSD: maxPerOsd ?? .max)
  }
}
