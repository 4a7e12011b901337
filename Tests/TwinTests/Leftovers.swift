import Foundation
import Testing

/// What remains on this machine of a site's twin, looked for past the product.
enum Leftovers {
  static func of(_ site: String) throws -> [String] {
    files(site) + (try mounts(site)) + RunningProcess.all(of: site).map { "process \($0)" }
  }

  static func expectNone(of site: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let found = try of(site)
    #expect(found == [], sourceLocation: sourceLocation)
  }

  private static func files(_ site: String) -> [String] {
    let named = [
      "\(TestSite.base)/lab/\(site)", "\(TestSite.base)/lab/\(site).lock",
      "\(TestSite.base)/images/.unfinished/\(site)", "/run/netns/varde-\(site)",
      "\(TestSite.base)/pool/labs/\(site)", "\(TestSite.base)/lab/.unfinished/\(site)",
    ]
    let nspawn = ["propagate", "unix-export", "locks"].flatMap { folder in
      list("/run/systemd/nspawn/\(folder)").filter { $0.contains("varde-\(site)-") }.map { "\(folder)/\($0)" }
    }
    return (named + cgroups(site)).filter(FileManager.default.fileExists) + nspawn
  }

  /// In whichever trees this machine has: one, or one a controller.
  private static func cgroups(_ site: String) -> [String] {
    let root = "/sys/fs/cgroup"
    return ([root] + list(root).map { "\(root)/\($0)" }).map { "\($0)/varde/\(site)" }
  }

  private static func mounts(_ site: String) throws -> [String] {
    try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
      .filter { $0.contains("/lab/\(site)/") || $0.contains("varde-\(site)") }.map { "mount \($0)" }
  }

  private static func list(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
