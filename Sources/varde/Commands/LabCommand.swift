import ArgumentParser
import Design
import Foundation
import Lab

struct LabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: "Make a site real on this machine: a twin of systemd-nspawn hosts.",
    discussion: """
      Every host and switch of the site boots with real sshd, systemd and apt, cabled as in the design. Needs root.
      Faults are made and taken back in the same words:

        varde lab fail site.yaml host a-l1 silent
        varde lab heal site.yaml host a-l1 silent

        \(Fault.usage.replacing(" | ", with: "\n  "))
      """,
    subcommands: [
      Up.self, Status.self, Exec.self, Fail.self, Heal.self, Save.self, Restore.self, Saved.self, Forget.self,
      Compare.self, Down.self,
    ])

  struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the twin, or what is missing of it; heals every fault.")

    @OptionGroup var site: SiteOptions
    @Option(
      help: """
        full: the hosts carry FRR and Ceph, unconfigured; bare: Debian only, the rollout installs everything.
        """)
    var image = ImageKind.full

    func run() async throws {
      try await Lab(site.design(), image: image).up { Terminal.say($0) }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the twin's hosts, and the faults in force.")

    @OptionGroup var site: SiteOptions
    @Option(help: "text or json.") var format = OutputFormat.text

    func run() async throws {
      let status = try await Lab(site.design()).existing().status()
      if format == .json {
        print(try Output.json(status))
        return
      }
      for host in status.hosts {
        let figures = "\(host.memory >> 20) MiB, \(Int(host.cpuSeconds)) s CPU"
        print(
          host.name.padded(to: 16), host.kind.rawValue.padded(to: 5), host.address.description.padded(to: 15),
          host.state.rawValue.padded(to: 7), figures)
      }
      for fault in status.faults { print("fault: \(fault)") }
    }
  }

  struct Exec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a program in a host of the twin, or a shell.",
      discussion: "varde lab exec site.yaml a1 -- ceph -s")

    @OptionGroup var site: SiteOptions
    @Argument(help: "A host or switch.") var host: String
    @Argument(parsing: .postTerminator, help: "The program and its arguments.") var program: [String] = []

    func run() async throws {
      let design = try site.design()
      guard design.node(host) != nil else {
        let names = design.nodes.map(\.name).joined(separator: ", ")
        throw InputError(description: "\(host): is no host or switch of the site; it has \(names)")
      }
      let status = try await Lab(design).existing().exec(host: host, program)
      if status != 0 { throw ExitCode(Int32(status)) }
    }
  }

  struct Fail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Break something of the twin: \(Fault.usage)")

    @OptionGroup var site: SiteOptions
    @Argument(help: "What to break.") var fault: [String]

    func run() async throws {
      let design = try site.design()
      let fault = try Lab.fault(fault, in: design)
      try await Lab(design).existing().fail(fault)
    }
  }

  struct Heal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a fault back, in the same words.")

    @OptionGroup var site: SiteOptions
    @Argument(help: "What to mend.") var fault: [String]

    func run() async throws {
      let design = try site.design()
      let fault = try Lab.fault(fault, in: design)
      try await Lab(design).existing().heal(fault)
    }
  }

  struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove the twin, whole or half-made, with its journal and secrets; images stay for the next one.")

    @Argument(
      help: ArgumentHelp("The site file; or the site's name, where the file is gone.", valueName: "site.yaml|name"),
      completion: .file(extensions: ["yaml"]))
    var site: String

    func run() async throws {
      let isFile = FileManager.default.fileExists(atPath: site) || site.contains("/") || site.contains(".")
      try await Lab.down(site: isFile ? SiteOptions(file: site).load().name : site) { Terminal.say($0) }
    }
  }
}

extension ImageKind: ExpressibleByArgument {}

extension Lab {
  /// - Throws: `InputError` where the words name no fault
  fileprivate static func fault(_ words: [String], in design: Design) throws -> Fault {
    do {
      return try Fault(words: words, design: design)
    } catch let error as LabError {
      throw InputError(description: error.description)
    }
  }
}
