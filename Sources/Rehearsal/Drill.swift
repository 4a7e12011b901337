import Ceph
import Controller
import Design
import Guarantees
import Lab

/// Makes failures in a twin one by one, and sees what becomes of the guarantees.
struct Drill: Sendable {
  let lab: Lab
  let design: Design
  let controller: SiteController
  /// UUIDs of OSDs to the cluster's numbers.
  let numbers: [String: Int]
  private let simulation: FailureSimulation

  /// A failure lasts at most this long, in seconds: longer than Ceph takes to give a silent host up (20 s of heartbeats,
  /// then a new map).
  static let longest = 60.0
  /// A client that has waited this long, in seconds, has met more than a change of the map.
  static let stopped = 40.0
  /// A failure is over when all has been as it is for so many seconds.
  static let calm = 5.0

  init(_ lab: Lab, _ design: Design, _ controller: SiteController, numbers: [String: Int]) {
    self.lab = lab
    self.design = design
    self.controller = controller
    self.numbers = numbers
    simulation = FailureSimulation(design)
  }

  /// - Throws: `RehearsalError`, `LabError`, `CommandError`
  func run(_ item: FailureChoice.Item) async throws -> RehearsalReport.FailureOutcome {
    let breakage = try Breakage(item.component, in: design, numbers: numbers)
    let prediction = Prediction(item.component, in: simulation)
    // Sessions with hosts that die would only be missed after a while.
    for host in breakage.dead { await controller.sessions.renew(host) }
    let load = Load(lab, design, sparing: breakage.dead.union(breakage.endangered))
    do {
      try await load.start()
      let begun = ContinuousClock.now
      try await breakage.make(in: lab)
      let watch = try await watch(item, prediction, breakage, load)
      try await breakage.mend(in: lab)
      let mended = ContinuousClock.now
      let problems = await controller.problems(within: 300)
      let toWell = mended.seconds
      let report = try await load.stop(live: Set(load.addresses.keys).subtracting(breakage.dead))
      let seen = sights(watch, report)
      return RehearsalReport.FailureOutcome(
        component: item.component, kind: item.kind, alike: item.alike, faults: breakage.words,
        verdicts: prediction.verdicts(promised: item.promised, seen: seen), load: report,
        seconds: (mended - begun) / .seconds(1), secondsToWell: problems.isEmpty ? toWell : nil, problems: problems)
    } catch {
      await load.abandon()
      throw error
    }
  }

  /// What was seen while something was down.
  private struct Watch {
    var isWriting = true
    var lost: [Load.Pair] = []
    var control: Answer
    var hasFlows = false
  }

  /// What monitors and managers said.
  private struct Answer {
    var isGood: Bool
    var words: String
  }

  /// Waits until all is as predicted and stays so for some seconds, or for as long as a failure lasts.
  private func watch(
    _ item: FailureChoice.Item, _ prediction: Prediction, _ breakage: Breakage, _ load: Load
  ) async throws -> Watch {
    let begun = ContinuousClock.now
    let live = Set(load.addresses.keys).subtracting(breakage.dead)
    var watch = Watch(control: Answer(isGood: false, words: "nobody was asked"), hasFlows: live.count > 1)
    var calm: Double?
    while begun.seconds < Self.longest {
      watch.control = await ask(item.component, breakage)
      let sample = try load.sample()
      let now = begun.seconds
      let waiting = sample.writer?.waiting ?? 0
      watch.isWriting = waiting < Self.stopped
      watch.lost = sample.silent(longerThan: Load.lostAfter, among: live)
      let isIO = prediction.holds(.storageIO) ? waiting < 1 : waiting >= Self.stopped
      let isFlowing =
        prediction.holds(.network) ? sample.silent(longerThan: 1.5, among: live).isEmpty : !watch.lost.isEmpty
      let isControl = design.ceph == nil || watch.control.isGood == prediction.holds(.control)
      let isAsPredicted = (isIO || !sample.hasWriter) && (isFlowing || !watch.hasFlows) && isControl
      calm = isAsPredicted ? calm ?? now : nil
      if let calm, now - calm >= Self.calm { break }
      try await Task.sleep(for: .milliseconds(500))
    }
    return watch
  }

  /// Whether monitors that are up have a quorum, and a manager that is up is active.
  private func ask(_ component: Component, _ breakage: Breakage) async -> Answer {
    guard let ceph = design.ceph else { return Answer(isGood: true, words: "there is no cluster") }
    let lost = simulation.daemons(down: [component]).control
    let asked = ceph.mons.filter { !breakage.dead.contains($0) && !lost.contains(.mon($0)) }
      .sorted { !breakage.endangered.contains($0) && breakage.endangered.contains($1) }
    guard !asked.isEmpty else { return Answer(isGood: false, words: "no monitor is up") }
    do {
      let session = try await controller.sessions.first(of: asked)
      let status = try await ClusterStatus.observe(session)
      let quorum = status.quorum.filter { !lost.contains(.mon($0)) }
      let words = "\(quorum.count) of \(ceph.mons.count) monitors in quorum"
      guard quorum.count > ceph.mons.count / 2 else { return Answer(isGood: false, words: words) }
      let manager = try await ClusterState.mgrs(session).first?.name
      guard let manager, status.mgrAvailable, !lost.contains(.mgr(manager)) else {
        return Answer(isGood: false, words: "\(words), and no manager is active")
      }
      return Answer(isGood: true, words: "\(words), mgr.\(manager) is active")
    } catch {
      return Answer(isGood: false, words: "\(error)")
    }
  }

  private func sights(_ watch: Watch, _ report: LoadReport) -> [Guarantee: Sight] {
    var seen: [Guarantee: Sight] = [:]
    if let stall = report.longestStall, let wrong = report.wrongBlocks {
      let words = stall.formatted(decimals: 1)
      seen[.storageIO] = Sight(holds: watch.isWriting && stall < Self.stopped, "longest stall \(words) s")
      seen[.storageData] = Sight(holds: wrong == 0, wrong == 0 ? "all was read as written" : "\(wrong) wrong blocks")
    }
    if watch.hasFlows {
      let lost = watch.lost.map(\.words)
      let some = lost.prefix(3).joined(separator: ", ") + (lost.count > 3 ? " and \(lost.count - 3) more" : "")
      seen[.network] = Sight(
        holds: lost.isEmpty, lost.isEmpty ? "every flow went on" : "flows that did not go on: \(some)")
    }
    if design.ceph != nil { seen[.control] = Sight(holds: watch.control.isGood, watch.control.words) }
    return seen
  }
}

extension SiteController {
  /// Asks for the status until nothing is wrong, and tells what is after so many seconds; empty: nothing.
  func problems(within seconds: Double) async -> [String] {
    let begun = ContinuousClock.now
    while true {
      let problems = await status().problems
      guard !problems.isEmpty, begun.seconds < seconds, !Task.isCancelled else { return problems }
      try? await Task.sleep(for: .seconds(1))
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from then to now.
  var seconds: Double { (ContinuousClock.now - self) / .seconds(1) }
}
