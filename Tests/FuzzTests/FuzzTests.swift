import Design
import Foundation
import HostProtocol
import Plan
import Site
import TestSupport
import Testing

/// Whatever is thrown at the decoders of what comes from outside, they answer: without crash, hang or unbounded memory.
@Suite(.serialized) struct FuzzTests {
  /// Far above what any input takes, far below for ever: in bytes, and in seconds.
  private func isBounded(_ report: Fuzz.Report) -> Bool { report.peakMemory < 2 << 30 && report.longest < 20 }

  @Test func siteFiles() throws {
    let words = [
      "[", "]", "{", "}", ": ", "- ", "\n", "  ", "&a ", "*a", "? ", "|", ">", "'", "\"", "#", "---\n", "!!map", "<<: ",
      "null", "~", "0x7f", "1e999", "-1", "99999999999999999999", "198.18.0.11", "fd00::", "/18", "4TB", "60%", "é",
      "\u{FEFF}",
      "\u{E000}", "site: ", "hosts: ", "racks: ", "rack: a", "address: ", "disks: ", "size: ", "network: ", "ports: ",
      "replicas: ", "survive: ", "4200000000-4294967294", "\0", "\t", "\r\n",
    ]
    let report = Fuzz.run("site", corpus: try Self.siteFiles, words: words) { input in
      guard case .success(let site) = SiteFile.decode(String(decoding: input, as: UTF8.self), path: "site.yaml") else {
        return false
      }
      // What is valid can be designed, too.
      return !Design(site).nodes.isEmpty
    }
    #expect(isBounded(report), "\(report.slowest.prefix(4000))")
    #expect(report.accepted > 0 && report.accepted < report.inputs, "mutations are both valid and not")
  }

  @Test func frames() throws {
    let resources: [Resource] = [
      .file(FileResource("/etc/motd", content: "hello\n")), .package(PackageResource("frr", version: "8.4")),
      .unit(UnitResource("frr.service", restartOn: ["frr"])), .sysctls(SysctlResource("kernel", values: ["a.b": "1"])),
      .cephMon(CephMonResource(name: "a1", fsid: "x", members: ["a1": "[v2:1]"], keyring: "k")),
      .cephOSD(CephOSDResource(absent: 3, uuid: "u")),
    ]
    let requests: [Request] = [
      .hello(version: protocolVersion), .observe(resources), .apply(resources), .run(CommandRequest(["true"])),
      .mon(MonCommand(json: "{}")), .read(paths: ["/etc/hosts"], limit: 10),
    ]
    let responses: [Response] = [
      .differences([Difference(resource: "file:/x", changes: [Change("content", from: nil, to: "y")])]),
      .event(.output("line")), .applied(Applied(changed: ["a"])), .contents([[1, 2], nil]), .failed("no"),
    ]
    let corpus = try requests.map { try Wire.frame($0) } + responses.map { try Wire.frame($0) }
    let words = [
      "\0\0\0\u{1}", "\u{7F}", "[", "{", "}", "\"", ":", ",", "null", "1e400", "\\u0000", "{\"hello\":", "\u{4}\0\0\0",
    ]
    let report = Fuzz.run("frames", corpus: corpus, words: words) { input in
      var reader = FrameReader()
      var whole = false
      // In pieces, as a pipe gives them.
      for piece in stride(from: 0, to: input.count, by: 97) {
        reader.append(input[piece..<min(input.count, piece + 97)])
        do {
          while let payload = try reader.next() {
            let request = try? Wire.message(Request.self, of: payload)
            let response = try? Wire.message(Response.self, of: payload)
            whole = whole || request != nil || response != nil
          }
        } catch {
          return whole
        }
      }
      return whole
    }
    #expect(isBounded(report), "\(report.slowest.prefix(4000))")
    #expect(report.accepted > 0 && report.accepted < report.inputs)
  }

  @Test func savedPlans() throws {
    let plan = Plan(
      site: "x",
      steps: [
        Step(
          id: "a1/base", title: "t", phase: "base",
          action: .converge(host: "a1", resources: [.file(FileResource("/etc/motd", content: "x"))]),
          why: [Difference(resource: "file:/etc/motd", changes: [Change("content", from: nil, to: "x")])]),
        Step(
          id: "ceph/pool", title: "t", phase: "pools", needs: ["a1/base"],
          action: .mon(via: ["a1"], commands: [MonChange(.make("osd pool create", ["pool": "vms"]))]),
          takesDown: [.osd(host: "a1", disk: "/dev/vdb")], gate: .quorum(mons: ["a1"])),
      ], notes: ["n"], unreachable: ["a2": "off"])
    let words = [
      "[", "]", "{", "}", "\"", ":", ",", "null", "true", "1e400", "-1", "\"needs\"", "\"a1/base\"", "\\ud800", "\n",
    ]
    let report = Fuzz.run("saved plan", corpus: [Array(try SavedPlan.encode(plan))], words: words) { input in
      guard let plan = try? SavedPlan.decode(Data(input), path: "plan.json") else { return false }
      return !PlanText(plan).text.isEmpty
    }
    #expect(isBounded(report), "\(report.slowest.prefix(4000))")
    #expect(report.accepted > 0 && report.accepted < report.inputs)
  }

  /// A few lines that stand for billions of values.
  @Test func billionLaughs() {
    var yaml = "site: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      yaml += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    yaml += "hosts: { [*a11]: x, [*a11]: y }\n"
    guard case .failure(let problems) = SiteFile.decode(yaml, path: "site.yaml") else {
      Issue.record("it was taken for a site")
      return
    }
    #expect(problems.problems[0].what.contains("aliases"))
  }

  @Test(arguments: ["[", "{", "- ", "? ", "{a: "]) func deepNesting(_ word: String) {
    let yaml = "site: x\nhosts: \(String(repeating: word, count: 50_000))"
    guard case .failure = SiteFile.decode(yaml, path: "site.yaml") else {
      Issue.record("it was taken for a site")
      return
    }
  }

  private static var siteFiles: [[UInt8]] {
    get throws {
      var root = URL(fileURLWithPath: #filePath)
      for _ in 0..<3 { root.deleteLastPathComponent() }
      let folders = ["Examples", "Tests/SiteTests/Broken"].map { root.appendingPathComponent($0) }
      let files = try folders.flatMap { folder in
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter { $0.hasSuffix(".yaml") }
          .map { folder.appendingPathComponent($0) }
      }
      return try files.map { Array(try Data(contentsOf: $0)) }
    }
  }
}
