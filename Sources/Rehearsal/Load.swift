import Design
import Foundation
import Lab
import Site

/// A writer in one of a twin's hosts, and flows between all of them, for as long as something is tried.
struct Load: Sendable {
  /// Where the writer writes, and into which pool.
  struct Writer: Sendable, Hashable {
    var host: String
    var pool: String
  }

  let lab: Lab
  let writer: Writer?
  /// Host to the address that it sends from and is sent to.
  let addresses: [String: String]

  private static let writing = "writer"
  private static let flowing = "flows"
  /// On the host.
  private static let mark = "/run/varde-writer-ends"
  /// A port that nothing of a site uses.
  private static let port = 9433
  /// Programs that were forgotten end after this, in seconds.
  private static let limit = 6 * 3600

  /// - Parameters:
  ///   - design: the site, all of whose hosts run
  ///   - spared: hosts that may go down, or be cut off, and so are no place for a writer
  ///   - former: the site before, where this is about a change: what is new there takes no part
  init(_ lab: Lab, _ design: Design, sparing spared: Set<String> = [], since former: Design? = nil) {
    self.lab = lab
    let hosts = design.hosts.filter { host in former?.node(host.name) != nil || former == nil }
    addresses = Dictionary(
      hosts.map { host in
        // Where services move to the fabric, only the management address stays.
        let isMoved = former?.node(host.name).map { $0.service != host.service } ?? false
        return (host.name, "\(isMoved ? host.management : host.service)")
      }
    ) { first, _ in first }
    let pools = (former ?? design).ceph?.pools.filter { $0.use == .rbd }.map(\.name) ?? []
    let mons = Set((design.ceph?.mons ?? []) + (former?.ceph?.mons ?? []))
    let places = hosts.filter { host in
      !spared.contains(host.name)
        && (former?.node(host.name) ?? host).roles.contains(.compute) && host.roles.contains(.compute)
    }
    // A host without a monitor is left alone by more of what may happen.
    let place = places.last { !mons.contains($0.name) } ?? places.last
    writer = pools.first.flatMap { pool in place.map { Writer(host: $0.name, pool: pool) } }
  }

  /// Pairs of hosts, each from the first to the second.
  private var pairs: [(from: String, to: String)] {
    let names = addresses.keys.sorted()
    return names.flatMap { to in names.filter { $0 != to }.map { ($0, to) } }
  }

  /// Starts both. Returns when the writer writes, and every host hears every other one.
  ///
  /// - Throws: `RehearsalError` where that does not come about; `LabError`, `CommandError`
  func start() async throws {
    let names = addresses.keys.sorted()
    for name in names where names.count > 1 {
      let words = ([name] + names.filter { $0 != name }).map { "\($0)=\(addresses[$0] ?? "")" }
      try await lab.startProbe(
        Self.flowing, on: name, ["python3", "-c", Probe.flows, "\(Self.limit)", "\(Self.port)"] + words)
    }
    if let writer {
      try await lab.run(on: writer.host, ["rm", "-f", Self.mark])
      try await lab.startProbe(
        Self.writing, on: writer.host,
        ["python3", "-c", Probe.writer, writer.pool, "\(Self.limit)", Self.mark, "live"])
    }
    let deadline = ContinuousClock.now + .seconds(90)
    while let missing = try sample().missing {
      guard ContinuousClock.now < deadline else {
        throw RehearsalError("\(missing) after 90 s; before anything is tried, all must work")
      }
      if let writer, try !lab.isProbing(Self.writing, on: writer.host) {
        throw RehearsalError("the writer on \(writer.host) ended: \(try words(of: writer))")
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  private func words(of writer: Writer) throws -> String {
    let text = try lab.probeOutput(Self.writing, on: writer.host)
    return text.split(separator: "\n").suffix(3).joined(separator: " / ")
  }

  /// How it stands now.
  struct Sample: Sendable {
    var writer: WriterLine?
    /// `a1 to b1` to seconds of silence, and to the longest so far; `nil`: never heard.
    var flows: [Pair: FlowState?]
    var hasWriter: Bool

    /// What has not begun yet; `nil`: all has.
    var missing: String? {
      if hasWriter, (writer?.writes ?? 0) == 0 { return "the writer has written nothing" }
      return flows.first { $0.value == nil }.map { "\($0.key.to) has heard nothing of \($0.key.from)" }
    }

    /// Flows between these hosts that are silent for longer than so many seconds.
    func silent(longerThan seconds: Double, among hosts: Set<String>) -> [Pair] {
      flows.filter { pair, state in
        hosts.contains(pair.from) && hosts.contains(pair.to) && (state.map { $0.silent > seconds } ?? true)
      }.keys.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }
  }

  struct Pair: Sendable, Hashable {
    var from: String
    var to: String

    var words: String { "\(from) to \(to)" }
  }

  struct FlowState: Sendable, Hashable {
    /// Seconds.
    var silent: Double
    var longest: Double
  }

  /// - Throws: `LabError`
  func sample() throws -> Sample {
    var flows: [Pair: FlowState?] = [:]
    var lines: [String: FlowLine?] = [:]
    for (from, to) in pairs {
      if lines[to] == nil {
        lines[to] = lastLine(try lab.probeOutput(Self.flowing, on: to), as: FlowLine.self)
      }
      let line = lines[to] ?? nil
      let state = line?.silent[from].map { FlowState(silent: $0, longest: line?.longestGap[from] ?? $0) }
      flows.updateValue(state, forKey: Pair(from: from, to: to))
    }
    let line = try writer.flatMap { lastLine(try lab.probeOutput(Self.writing, on: $0.host), as: WriterLine.self) }
    return Sample(writer: line, flows: flows, hasWriter: writer != nil)
  }

  /// Ends the flows as they stand, and the writer when it has read back all that it wrote.
  ///
  /// - Parameter live: hosts between which flows must have gone on; `nil`: all
  /// - Throws: `RehearsalError` where the writer does not come to its end; `LabError`, `CommandError`
  func stop(live: Set<String>? = nil) async throws -> LoadReport {
    let sample = try sample()
    let live = live ?? Set(addresses.keys)
    for name in addresses.keys { try await lab.endProbe(Self.flowing, on: name) }
    let lost = Set(sample.silent(longerThan: Self.lostAfter, among: live))
    let longest = sample.flows.filter { pair, _ in
      live.contains(pair.from) && live.contains(pair.to) && !lost.contains(pair)
    }.compactMap { pair, state in state.map { (pair, $0.longest) } }.max { $0.1 < $1.1 }
    let end = try await endOfWriter()
    return LoadReport(
      writer: writer?.host, writes: end?.writes, longestStall: end?.longestStall, wrongBlocks: end?.wrongBlocks,
      flows: pairs.count, longestGap: longest?.1, longestGapOf: longest?.0.words,
      lostFlows: lost.map(\.words).sorted())
  }

  /// A flow that is silent for so many seconds does not go on.
  static let lostAfter = 5.0

  private func endOfWriter() async throws -> WriterLine? {
    guard let writer else { return nil }
    try await lab.run(on: writer.host, ["touch", Self.mark])
    let deadline = ContinuousClock.now + .seconds(90)
    while try lab.isProbing(Self.writing, on: writer.host), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(100))
    }
    let line = lastLine(try lab.probeOutput(Self.writing, on: writer.host), as: WriterLine.self)
    let words = try words(of: writer)
    try await lab.endProbe(Self.writing, on: writer.host)
    guard let line, line.wrongBlocks != nil else {
      throw RehearsalError("the writer on \(writer.host) did not read back what it wrote: \(words)")
    }
    return line
  }

  /// Ends both at once; for what has failed.
  func abandon() async {
    for name in addresses.keys { try? await lab.endProbe(Self.flowing, on: name) }
    if let writer { try? await lab.endProbe(Self.writing, on: writer.host) }
  }
}

/// The programs, as they are sent to hosts.
private enum Probe {
  static let writer = String(decoding: PackageResources.rbd_writer_py, as: UTF8.self)
  static let flows = String(decoding: PackageResources.flows_py, as: UTF8.self)
}

/// Why a rehearsal cannot be carried out, and what to do.
public struct RehearsalError: Error, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
