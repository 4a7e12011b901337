import ArgumentParser
import Controller
import HostProtocol
import Plan
import Store

struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", abstract: "Tell what on the hosts, and in Ceph, differs from the site file.",
    discussion: """
      Drift is a difference that no rollout is about to mend: while one is under way, it refuses. Exit code 0: nothing;
      3: something has drifted; 1: a rollout is under way, or a host could not be looked at.
      """)

  @OptionGroup var site: SiteOptions
  @OptionGroup var hosts: HostOptions
  @Option(help: "text or json.") var format = OutputFormat.text

  func run() async throws {
    let design = try site.design()
    if let holder = SiteLock.holder(try hosts.stateDirectory(design)) {
      throw ControllerError("a rollout is under way (\(holder)); look again when it has ended")
    }
    let plan = try await hosts.withController(design) { controller, _ in
      try controller.plan(try await controller.observe(), proving: nil)
    }
    let drift = Drift(plan)
    switch format {
    case .json: print(try Output.json(drift))
    case .text: print(drift.text(plan))
    }
    for (_, reason) in plan.unreachable.sorted(by: { $0.key < $1.key }) {
      Terminal.say("cannot be reached: \(reason)")
    }
    if !plan.unreachable.isEmpty { throw Exit.failed }
    if !plan.isEmpty { throw Exit.pending }
  }

  /// What a plan finds to differ, without what would be done about it.
  private struct Drift: Encodable {
    /// Host to what differs on it.
    var hosts: [String: [Difference]] = [:]
    /// The commands that the monitors would be sent.
    var ceph: [String] = []

    init(_ plan: Plan) {
      for step in plan.steps {
        switch step.action {
        case .wait, .reboot, .reimage: break
        case .converge(let host, _): hosts[host, default: []] += step.why
        case .mon(_, let commands): ceph += commands.map(\.command.summary)
        }
      }
    }

    func text(_ plan: Plan) -> String {
      var lines: [String] = []
      for (host, differences) in hosts.sorted(by: { $0.key < $1.key }) {
        lines += differences.map {
          "\(host): \($0.resource): \($0.changes.map(\.attribute).joined(separator: ", "))"
        }
      }
      lines += ceph.map { "ceph: \($0)" }
      if plan.isEmpty, plan.unreachable.isEmpty { lines.append("\(plan.site): no drift.") }
      return (lines + plan.notes.map { "note: \($0)" }).joined(separator: "\n")
    }
  }
}
