import ArgumentParser
import Foundation
import Lab

/// The name of a saved twin.
struct SavedTwinName: ParsableArguments {
  @Argument(help: "Letters, digits, hyphens, and dots inside; up to 64.") var name: String

  /// - Throws: `InputError` where it cannot be a name
  func checked() throws -> String {
    do { try SavedTwin.checkName(name) } catch { throw InputError(description: "\(error)") }
    return name
  }
}

extension LabCommand {
  struct Save: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep the twin under a name, and take it down; restore brings it back.",
      discussion: """
        Stops the engines and the hosts in order. Keeps roots, disks, keys, and the controller's journal and secrets.
        """)

    @OptionGroup var site: SiteOptions
    @OptionGroup var saved: SavedTwinName
    @Flag(help: "Replace the twin that is saved under this name.") var replace = false

    func run() async throws {
      let name = try saved.checked()
      let lab = try Lab(site.design()).existing()
      try await lab.save(as: name, siteText: InputFile.read(site.site), isReplacing: replace) { Terminal.say($0) }
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring a saved twin back, as it was.",
      discussion: """
        Refused where the design, the image or its packages are not what they were when the twin was saved.
        Where it was interrupted, restore and up finish it, and down removes it.
        """)

    @OptionGroup var site: SiteOptions
    @OptionGroup var saved: SavedTwinName
    @Flag(help: "Where no such twin is saved, or it is stale: make it first (up, apply, save --replace).") var anew = false

    func run() async throws {
      let name = try saved.checked()
      let lab = try Lab(site.design())
      if anew, let reason = try await reasonToMake(name, lab) {
        Terminal.say("making \(name): \(reason)")
        try await make(name, lab)
      }
      try await lab.restore(name) { Terminal.say($0) }
    }

    private func reasonToMake(_ name: String, _ lab: Lab) async throws -> String? {
      guard Lab.hasSaved(name) else { return "no twin is saved under this name" }
      let reasons = try await lab.staleness(of: name)
      return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }

    private func make(_ name: String, _ lab: Lab) async throws {
      try await lab.up { Terminal.say($0) }
      try await ApplyCommand.parse(["--twin", "--yes", site.site]).run()
      try await lab.save(as: name, siteText: InputFile.read(site.site), isReplacing: true) { Terminal.say($0) }
    }
  }

  struct Saved: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List saved twins: name, site, size and age.")

    @Option(help: "text or json.") var format = OutputFormat.text

    func run() async throws {
      let (twins, problems) = Lab.saved()
      switch format {
      case .json: print(try Output.json(twins.map(Row.init)))
      case .text:
        for twin in twins {
          let age = Self.age(twin.createdAt.distance(to: Date()))
          print(
            twin.name.padded(to: 20), twin.site.padded(to: 16), "\(twin.design.nodes.count) hosts".padded(to: 10),
            "\(twin.bytes >> 20) MiB".padded(to: 10), "\(age) old")
        }
      }
      for problem in problems { Terminal.say("\(problem)") }
      if !problems.isEmpty { throw Exit.failed }
    }

    struct Row: Encodable {
      var name, site: String
      var hosts: Int
      var image: ImageKind
      var bytes: UInt64
      var createdAt: Date

      init(_ twin: SavedTwin) {
        name = twin.name
        site = twin.site
        hosts = twin.design.nodes.count
        image = twin.image.kind
        bytes = twin.bytes
        createdAt = twin.createdAt
      }
    }

    /// In the largest unit of which it has two.
    private static func age(_ seconds: TimeInterval) -> String {
      let whole = Int(max(0, seconds))
      let units = [("d", 86_400), ("h", 3_600), ("min", 60)]
      let unit = units.first { whole >= 2 * $0.1 } ?? ("s", 1)
      return "\(whole / unit.1) \(unit.0)"
    }
  }

  struct Forget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a saved twin; a twin that was restored from it stays.")

    @OptionGroup var saved: SavedTwinName

    func run() async throws { try await Lab.forget(saved.checked()) }
  }
}
