import ArgumentParser
import Ceph
import Design
import Foundation
import Lab
import Rehearsal

struct RehearseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Carry the plan out on a twin first, under load; then make the failures that the site must survive.",
    discussion: """
      Makes a twin of the site on this machine, brings it to where the site is now, and carries the plan out there, with a
      writer and flows at work. Then each failure that the site is asked to survive is made and healed. The report tells
      forecast and measured times, stalls, and what was predicted beside what happened.

        varde rehearse site.yaml                               the first rollout
        varde rehearse site.yaml --from today.yaml             from another state of the file
        varde rehearse site.yaml --from NAME                   from a saved twin
        varde rehearse site.yaml --upgrade-ceph 18.2           an upgrade of the site

      Exit codes: 0 all went as predicted and every promise was kept, 1 something did not, 2 wrong use.
      The plan's digest can be demanded of a rollout: varde apply site.yaml --rehearsed DIGEST
      """)

  @OptionGroup var site: SiteOptions
  @Option(
    help: ArgumentHelp(
      "The site as it is now: its file, whose twin is made or restored; or the name of a saved twin.",
      valueName: "site.yaml|name"), completion: .file(extensions: ["yaml"]))
  var from: String?
  @Option(help: ArgumentHelp("Rehearse an upgrade of Ceph to this release: 18.2, 18 or reef.", valueName: "release"))
  var upgradeCeph: CephRelease?
  @OptionGroup var rehearsal: RehearsalOptions
  @Flag(help: "The twin stays up at the end.") var keep = false
  @Option(help: "text or json.") var format = OutputFormat.text
  @Option(
    help: ArgumentHelp("Write the report as one HTML file, with the site's picture, too.", valueName: "file"),
    completion: .file())
  var html: String?

  func validate() throws {
    guard let html else { return }
    let folder = URL(fileURLWithPath: html).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("--html: cannot write into \(folder)")
    }
  }

  func run() async throws {
    let design = try site.design()
    let start = try start(design)
    let report = try await rehearsal.rehearse(design, from: start, upgradingTo: upgradeCeph, keepsTwin: keep)
    if let html { try PrivateFile.write(Data(report.html(picture: DesignPicture(design).svg).utf8), to: html) }
    switch format {
    case .text: print(report.text, terminator: "")
    case .json: print(try Output.json(report))
    }
    if !report.isGood { throw Exit.failed }
  }

  private func start(_ design: Design) throws -> Rehearsal.Start {
    guard let from else {
      // What is upgraded is there already.
      return upgradeCeph == nil ? .nothing : try .site(design, text: text(site.site), name: name(site.site))
    }
    guard isFile(from) else {
      guard Lab.hasSaved(from) else {
        throw InputError(
          description: "--from: there is no file '\(from)', and no saved twin of this name (varde lab saved)")
      }
      return .saved(from)
    }
    guard upgradeCeph == nil else {
      throw InputError(
        description: "--upgrade-ceph begins with the site itself, or with a saved twin, not another file")
    }
    return try .site(SiteOptions(file: from).design(), text: text(from), name: name(from))
  }

  private func isFile(_ words: String) -> Bool {
    FileManager.default.fileExists(atPath: words) || words.contains("/") || words.hasSuffix(".yaml")
  }

  private func text(_ path: String) throws -> String {
    do { return try InputFile.read(path) } catch { throw InputError(description: "\(path): \(error)") }
  }

  private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}

/// How much is rehearsed, and on what.
struct RehearsalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many failures, those first that differ most; without it all single ones that the site is asked to survive.",
      valueName: "n"))
  var failures: Int?
  @Option(
    help: "full: the twin's hosts carry FRR and Ceph, unconfigured; bare: Debian only, packages are installed too.")
  var image = ImageKind.full

  func validate() throws {
    if let failures, failures < 0 { throw ValidationError("--failures must be 0 or more") }
  }

  /// - Throws: `InputError` where the site has a twin already; as `RehearsalRun.carryOut`
  func rehearse(
    _ design: Design, from start: Rehearsal.Start, upgradingTo release: CephRelease? = nil, keepsTwin: Bool
  ) async throws -> RehearsalReport {
    guard !Lab(design).exists else {
      throw InputError(
        description:
          "site '\(design.site)' has a twin here, and a rehearsal makes its own: remove that one first, with "
          + "varde lab down \(design.site), or keep it with varde lab save")
    }
    return try await RehearsalRun(keepsTwin: keepsTwin).carryOut { tell in
      Rehearsal(
        design, from: start, upgradingTo: release, failures: failures, image: image, access: TwinOfCommandLine(),
        tell: tell)
    }
  }
}
