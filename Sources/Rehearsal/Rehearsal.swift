import Ceph
import Controller
import Design
import Foundation
import Guarantees
import Lab
import Plan
import Store

/// A plan carried out on a twin first, under a writer and flows, and then the failures that the site must survive.
public struct Rehearsal: Sendable {
  /// What the twin is at the beginning.
  public enum Start: Sendable {
    /// Hosts without anything on them.
    case nothing
    /// The site of another file, whole.
    ///
    /// - name: of the file, for people
    case site(Design, text: String, name: String)
    /// A saved twin.
    case saved(String)
  }

  let design: Design
  let start: Start
  /// Brings Ceph to this release; `nil`: what the site file says is rolled out.
  let upgrade: CephRelease?
  /// How many failures; `nil`: all.
  let failures: Int?
  let lab: Lab
  let access: any TwinAccess
  let memory: StepMemory
  let tell: @Sendable (RehearsalEvent) -> Void

  public init(
    _ design: Design, from start: Start, upgradingTo upgrade: CephRelease? = nil, failures: Int?, image: ImageKind,
    access: any TwinAccess, tell: @escaping @Sendable (RehearsalEvent) -> Void
  ) {
    self.design = design
    self.start = start
    self.upgrade = upgrade
    self.failures = failures
    self.access = access
    self.tell = tell
    lab = Lab(design, image: image)
    memory = StepMemory(site: design.site)
  }

  /// Rehearses. The twin is taken down at the end, and where it fails or is cancelled.
  ///
  /// - Parameter keepsTwin: the twin stays up, however it ends
  /// - Throws: `RehearsalError` where the site has a twin already, or something cannot be tried; what the lab and the
  ///   controller throw
  public func run(keepsTwin: Bool) async throws -> RehearsalReport {
    guard !lab.exists else {
      throw RehearsalError(
        "site '\(design.site)' has a twin here; a rehearsal makes its own: remove it with varde lab down \(design.site)"
      )
    }
    do {
      let report = try await rehearse()
      if !keepsTwin { try await takeDown() }
      return report
    } catch {
      if !keepsTwin { try? await takeDown() }
      throw error
    }
  }

  /// Also where this was cancelled, which would end the programs that take it down.
  private func takeDown() async throws {
    try await Task { [lab, tell] in try await lab.down { tell(.note($0)) } }.value
  }

  private func rehearse() async throws -> RehearsalReport {
    let (former, startWords) = try await prepare()
    let begun = ContinuousClock.now
    let begunAt = Date()
    // What leaves the site is still there when its plan is carried out.
    let isShrinking = former.map { former in former.nodes.contains { design.node($0.name) == nil } } ?? false
    if !isShrinking { try await lab.up(progress: note) }
    let groups = FailureGroup.all(of: design).filter { !$0.promised.isEmpty }
    let choice = FailureChoice(design, most: failures)
    let (change, digest) = try await access.withController(design) { controller, store in
      try await carryOut(controller, store, since: former)
    }
    if isShrinking { try await lab.up(progress: note) }
    var outcomes: [RehearsalReport.FailureOutcome] = []
    if change.isDone, !choice.items.isEmpty {
      outcomes = try await access.withController(design) { controller, _ in try await drill(choice, controller) }
    }
    return RehearsalReport(
      site: design.site, begunAt: begunAt, seconds: begun.seconds, start: startWords,
      title: title(since: former), digest: digest, scale: .init(design), change: change, failures: outcomes,
      failuresInAll: groups.reduce(0) { $0 + $1.members.count }, failureClasses: groups.count)
  }

  private func title(since former: Design?) -> String {
    if let upgrade { return "upgrade of Ceph to \(upgrade)" }
    guard let former else { return "first rollout" }
    let (old, new) = (Set(former.nodes.map(\.name)), Set(design.nodes.map(\.name)))
    let (come, gone) = (new.subtracting(old).count, old.subtracting(new).count)
    let parts = [come > 0 ? "\(come) nodes come" : nil, gone > 0 ? "\(gone) nodes leave" : nil].compactMap { $0 }
    return parts.isEmpty ? "change" : "change: \(parts.joined(separator: ", "))"
  }

  private func drill(
    _ choice: FailureChoice, _ controller: SiteController
  ) async throws -> [RehearsalReport.FailureOutcome] {
    var numbers: [String: Int] = [:]
    if let ceph = design.ceph {
      let state = try await ClusterState.observe(controller.sessions.first(of: ceph.mons))
      numbers = Dictionary(state.osds.map { ($0.uuid, $0.id) }) { first, _ in first }
    }
    let drill = Drill(lab, design, controller, numbers: numbers)
    var outcomes: [RehearsalReport.FailureOutcome] = []
    for (number, item) in choice.items.enumerated() {
      try Task.checkCancellation()
      note("failure \(number + 1) of \(choice.items.count): \(item.component)")
      let outcome = try await drill.run(item)
      note("  \(outcome.line)")
      outcomes.append(outcome)
      // What does not come back by itself would be taken for the next failure's doing.
      guard outcome.secondsToWell != nil else { break }
    }
    return outcomes
  }

  func note(_ line: String) { tell(.note(line)) }
}
