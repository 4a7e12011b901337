import ArgumentParser
import Controller
import HostProtocol
import Store

struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", abstract: "Tell what on the hosts differs from the site file.",
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
    let observation = try await hosts.withController(design) { controller, _ in try await controller.observe() }
    let drifted = observation.differences.filter { !$0.value.isEmpty }
    switch format {
    case .json:
      print(try Output.json(drifted.mapValues { $0.values.sorted { $0.resource < $1.resource } }))
    case .text:
      for (node, differences) in drifted.sorted(by: { $0.key < $1.key }) {
        for difference in differences.values.sorted(by: { $0.resource < $1.resource }) {
          print("\(node): \(difference.resource): \(difference.changes.map(\.attribute).joined(separator: ", "))")
        }
      }
      if drifted.isEmpty, observation.unreachable.isEmpty { print("\(design.site): no drift.") }
    }
    for (_, reason) in observation.unreachable.sorted(by: { $0.key < $1.key }) {
      Terminal.say("cannot be reached: \(reason)")
    }
    if !observation.unreachable.isEmpty { throw Exit.failed }
    if !drifted.isEmpty { throw Exit.pending }
  }
}
