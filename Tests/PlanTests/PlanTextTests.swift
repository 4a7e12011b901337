import Foundation
import HostProtocol
import TestSupport
import Testing

@testable import Plan

@Suite struct UnifiedDiffTests {
  @Test func showsChangedLinesWithContext() {
    let old = (1...9).map { "line \($0)" }.joined(separator: "\n")
    let new = old.replacingOccurrences(of: "line 5", with: "line five")
    #expect(
      UnifiedDiff.lines(from: old, to: new, context: 1) == [
        "@@ -4,3 +4,3 @@", " line 4", "-line 5", "+line five", " line 6",
      ])
  }

  @Test func equalTextsHaveNoHunks() { #expect(UnifiedDiff.lines(from: "a\nb\n", to: "a\nb\n").isEmpty) }

  /// Random texts: the hunks of a full-context diff, read back, give both texts.
  @Test(arguments: 0..<300) func bothSidesCanBeReadBack(seed: UInt64) {
    var random = SplitMix64(seed)
    func text() -> [String] {
      (0..<Int.random(in: 0..<12, using: &random)).map { _ in "abc".randomElement(using: &random).map { "\($0)" } ?? ""
      }
    }
    let (old, new) = (text(), text())
    let join = { (lines: [String]) in lines.map { $0 + "\n" }.joined() }
    let diff = UnifiedDiff.lines(from: join(old), to: join(new), context: 100).filter { !$0.hasPrefix("@@") }
    guard old != new else {
      #expect(diff.isEmpty)
      return
    }
    #expect(diff.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) } == old)
    #expect(diff.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) } == new)
  }
}

@Suite struct SecretReferenceTests {
  @Test func placeholdersAreReplaced() throws {
    let text = "key = \(SecretReference.placeholder("ceph/client.admin"))\nfsid = ${secret:ceph/fsid}"
    #expect(SecretReference.names(in: text) == ["ceph/client.admin", "ceph/fsid"])
    #expect(SecretReference.resolve(text) { "<\($0)>" } == "key = <ceph/client.admin>\nfsid = <ceph/fsid>")
  }
}

@Suite struct SavedPlanTests {
  private let plan = Plan(
    site: "s",
    steps: [
      Step(
        id: "ceph/pools", title: "pools", phase: "ceph pools",
        action: .mon(via: ["a1"], commands: [MonChange(.make("osd pool create", ["pool": "vms", "pg_num": 32]))]),
        gate: .healthy)
    ])

  @Test func aSavedPlanReadsBackAsItself() throws {
    #expect(try SavedPlan.decode(SavedPlan.encode(plan), path: "p") == plan)
  }

  @Test func otherFormatsAndBrokenPlansAreRefused() throws {
    #expect(throws: SavedPlanError.self) { try SavedPlan.decode(Data("{}".utf8), path: "p") }
    let other = #expect(throws: SavedPlanError.self) {
      try SavedPlan.decode(Data(#"{"format": 99, "site": "s", "steps": []}"#.utf8), path: "p.json")
    }
    #expect(other?.description == "p.json: has format 99, this varde reads 1; plan again with this varde")
    let circle = Plan(site: "s", steps: [Step(id: "a", title: "", phase: "", needs: ["a"], action: .wait)])
    #expect(throws: SavedPlanError.self) { try SavedPlan.decode(SavedPlan.encode(circle), path: "p") }
  }

  @Test func aPlanOfCommandsAloneCountsThem() {
    let commands = ["noout", "norecover"].map { MonChange(.make("osd set", ["key": .text($0)])) }
    let plan = Plan(
      site: "s", steps: [Step(id: "a", title: "", phase: "", action: .mon(via: ["a1"], commands: commands))])
    #expect(
      PlanText(plan, detail: .steps).text.hasSuffix("s: 1 step, 2 commands to the monitors; nothing is taken down."))
  }

  @Test func commandsReadAsOneWouldTypeThem() {
    let command = MonCommand.make("config set", ["who": "osd", "value": "a \"b\"\n"])
    #expect(command.json == #"{"format":"json","prefix":"config set","value":"a \"b\"\u000a","who":"osd"}"#)
    #expect(command.summary == "config set value=a \"b\"\n who=osd")
  }
}
