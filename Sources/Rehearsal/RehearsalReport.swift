import Design
import Foundation
import Guarantees
import Site

/// What a rehearsal found: the plan that was carried out on a twin, and the failures after it.
public struct RehearsalReport: Sendable, Hashable, Codable {
  /// Of the saved form. Members are added, and none is renamed.
  public var format = 1
  public var site: String
  public var begunAt: Date
  /// From the first host that booted to the last failure that was healed, in seconds.
  public var seconds: Double
  /// What the twin was at the beginning: `nothing`, `the site of two-racks.yaml`.
  public var start: String
  /// What was done: `the first rollout`, `growth`, `Ceph to 18.2`.
  public var title: String
  /// Of the plan, for `--rehearsed`; `nil`: there was nothing to do.
  public var digest: String?
  public var scale: Scale
  public var change: Change
  public var failures: [FailureOutcome]
  /// How many single failures the site is asked to survive, and how many of them can be told apart.
  public var failuresInAll: Int
  public var failureClasses: Int

  /// How large the site is.
  public struct Scale: Sendable, Hashable, Codable {
    public var hosts: Int
    public var switches: Int
    public var osds: Int
    /// In bytes; `nil`: not every disk has a size.
    public var raw: Bytes?
    public var usable: Bytes?

    public init(_ design: Design) {
      hosts = design.hosts.count
      switches = design.nodes.count - hosts
      osds = design.ceph?.osds.count ?? 0
      raw = design.capacity?.raw
      usable = design.capacity?.usable
    }
  }

  /// How the plan went.
  public struct Change: Sendable, Hashable, Codable {
    public var steps: Int
    public var done: Int
    /// Step's id to why it failed.
    public var failures: [String: String]
    /// In seconds, before it was begun.
    public var forecast: Double
    /// In seconds; the time between two plans is left out.
    public var measured: Double
    /// Of how many steps the forecast knew the time from an earlier rehearsal of this site.
    public var known: Int
    public var phases: [Phase]
    /// What was announced as downtime: a step, and what it breaks.
    public var downtimes: [String]
    /// `nil`: no cluster and no network was there before.
    public var load: LoadReport?
    /// Seconds from the last step until `status` had nothing to say; `nil`: it did not come to that.
    public var secondsToWell: Double?
    /// What was still wrong then.
    public var problems: [String]

    public var isDone: Bool { failures.isEmpty && done == steps }
    /// `0.12`: it took 12 % longer than foretold.
    public var deviation: Double? { forecast > 0 ? measured / forecast - 1 : nil }
  }

  /// Steps of one kind. Phases overlap.
  public struct Phase: Sendable, Hashable, Codable {
    public var name: String
    public var steps: Int
    /// From its first step's begin to its last one's end, in seconds.
    public var forecast: Double
    public var measured: Double
    /// When it began, in seconds after the beginning of the change.
    public var begun: Double
  }

  /// A failure that was made and healed.
  public struct FailureOutcome: Sendable, Hashable, Codable {
    public var component: Component
    public var kind: FailureKind
    /// How many single failures of the site break the same, this one included.
    public var alike: Int
    /// What was done to the twin, in the words of `varde lab fail`.
    public var faults: [String]
    public var verdicts: [Verdict]
    public var load: LoadReport
    /// How long it lasted, in seconds.
    public var seconds: Double
    /// Seconds from its healing until `status` had nothing to say; `nil`: it did not come to that.
    public var secondsToWell: Double?
    /// What was still wrong then.
    public var problems: [String]

    public var agrees: Bool { verdicts.allSatisfy(\.agrees) }
    public var isKept: Bool { verdicts.allSatisfy(\.isKept) && secondsToWell != nil }
  }

  /// Whether all was as predicted, and every guarantee kept.
  public var isGood: Bool {
    change.isDone && change.secondsToWell != nil && (change.load?.wrongBlocks ?? 0) == 0
      && (change.load?.lostFlows ?? []).isEmpty && failures.allSatisfy { $0.agrees && $0.isKept }
  }
}

/// What a writer and flows between the hosts met.
public struct LoadReport: Sendable, Hashable, Codable {
  /// `nil`: there was no writer, for there is no pool of block devices, or no host that uses it.
  public var writer: String?
  public var writes: Int?
  /// In seconds.
  public var longestStall: Double?
  /// Blocks that were not read as they were written.
  public var wrongBlocks: Int?
  /// How many flows there were, each from one host to another.
  public var flows: Int
  /// The longest silence of a flow that went on, in seconds.
  public var longestGap: Double?
  /// Whose: `a1 to b2`.
  public var longestGapOf: String?
  /// Flows that did not go on.
  public var lostFlows: [String]
}
