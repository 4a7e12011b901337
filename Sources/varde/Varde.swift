import ArgumentParser
import Site

@main
struct Varde: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "varde",
    abstract: "One file describes a cloud: design it, rehearse it on a twin, roll it out.",
    discussion: """
      Begin with a site file and look at what follows from it:

        varde init > site.yaml
        varde check site.yaml

      Try it on this machine (as root), before any real host is touched:

        varde lab up site.yaml
        varde plan --twin site.yaml
        varde apply --twin site.yaml
        varde lab down site.yaml

      Exit codes: 0 done or nothing to do, 1 failed, 2 wrong use or invalid input, 3 a change is pending (plan, drift).
      """,
    version: Version.text,
    subcommands: [
      InitCommand.self, CheckCommand.self, DesignCommand.self, ProveCommand.self, LabCommand.self, RehearseCommand.self,
      PlanCommand.self, ApplyCommand.self, UpgradeCommand.self, MaintainCommand.self, StatusCommand.self,
      DriftCommand.self, HistoryCommand.self, CrushCommand.self, BalanceCommand.self, CephCommand.self,
      ReferenceCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      try Output.finish()
    } catch {
      exit(reporting: error)
    }
  }

  /// Errors of the parser keep its texts; its exit code for wrong use becomes 2.
  private static func exit(reporting error: any Error) -> Never {
    if let code = error as? ExitCode {
      do { try Output.finish() } catch { exit(reporting: error) }
      Varde.exit(withError: code)
    }
    let code = Varde.exitCode(for: error)
    if code == .validationFailure || code == .success {
      let text = Varde.fullMessage(for: error)
      if code == .success { print(text) } else { Terminal.say(text) }
      Varde.exit(withError: code == .success ? nil : Exit.invalid)
    }
    // A problem's line begins with its place, as editors and pipelines expect it.
    Terminal.say(error is SiteProblems ? "\(error)" : "varde: \(error)")
    Varde.exit(withError: Exit.code(for: error))
  }
}
