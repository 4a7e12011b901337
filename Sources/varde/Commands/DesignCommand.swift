import ArgumentParser
import Design

struct DesignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "design", abstract: "Show everything that follows from a site file.",
    discussion: """
      Addresses, AS numbers and sessions, quorums, CRUSH rules, pools, tuning and capacity. Nothing is stored: the same
      file always gives the same design, and a host or a rack more changes nothing that was given.

        varde design site.yaml addresses
        varde design site.yaml --format svg > site.svg
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, svg
  }

  @OptionGroup var site: SiteOptions
  @Argument(help: "all, addresses, fabric, storage or placement; for text.") var part = DesignText.Part.all
  @Option(help: "text, json or svg (a picture).") var format = Format.text

  func run() throws {
    let design = try site.design()
    switch format {
    case .text: print(DesignText(design).text(part))
    case .json: print(try Output.json(design))
    case .svg: print(DesignPicture(design).svg)
    }
  }
}

extension DesignText.Part: ExpressibleByArgument {}
