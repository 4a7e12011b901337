import Design
import Foundation
import Guarantees
import Plan
import Site
import Testing

@testable import Rehearsal

@Suite struct ReportTests {
  private static func report(site: String = "three-racks", isAgreeing: Bool = true) throws -> RehearsalReport {
    let verdicts = [
      Verdict(
        guarantee: .storageIO, isPromised: true, predicted: true, reason: "every pool keeps the replicas",
        observed: isAgreeing, evidence: "longest stall 28.1 s"),
      Verdict(guarantee: .network, isPromised: true, predicted: true, reason: "paths", observed: nil, evidence: nil),
    ]
    let load = LoadReport(
      writer: "b2", writes: 900, longestStall: 28.1, wrongBlocks: 0, flows: 30, longestGap: 0.95,
      longestGapOf: "a1 to c2", lostFlows: [])
    var change = RehearsalReport.Change([])
    change.steps = 12
    change.done = 12
    change.forecast = 100
    change.measured = 112
    change.known = 7
    change.load = load
    change.secondsToWell = 3
    change.phases = [.init(name: "ceph OSDs", steps: 4, forecast: 20, measured: 24.5, begun: 8)]
    return RehearsalReport(
      site: site, begunAt: Date(timeIntervalSince1970: 1_796_000_000), seconds: 400, start: "the site of <old>.yaml",
      title: "change", digest: "sha256:00", scale: .init(try Sample.threeRacks()), change: change,
      failures: [
        .init(
          component: .node("a1"), kind: .host, alike: 3, faults: ["host a1 off"], verdicts: verdicts, load: load,
          seconds: 34, secondsToWell: 12, problems: [])
      ], failuresInAll: 40, failureClasses: 9)
  }

  @Test func itIsReadBackFromJSON() throws {
    let report = try Self.report()
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(RehearsalReport.self, from: data) == report)
  }

  @Test func theTextTellsForecastMeasureAndFailures() throws {
    let text = try Self.report().text
    for words in [
      "three-racks: change, rehearsed on a twin", "digest    sha256:00", "12 of 12 passed",
      "112 s, 12 % longer than foretold",
      "ceph OSDs", "24.5 s", "longest stall 28.1 s", "longest silence 0.9 s (a1 to c2)", "1 of 40", "holds, not seen",
      "The plan was carried out. 1 failure went as predicted; every promise was kept.",
    ] { #expect(text.contains(words), "\(words) in \(text)") }
    #expect(try Self.report().isGood)
  }

  @Test func whatDiffersIsNamed() throws {
    let report = try Self.report(isAgreeing: false)
    #expect(!report.isGood)
    #expect(report.text.contains("BREAKS, holds predicted"))
    #expect(report.text.contains("a1, storage: predicted: every pool keeps the replicas; seen: longest stall 28.1 s"))
    #expect(report.verdict == "Not as predicted: a1; promises broken by: a1.")
    #expect(report.html(picture: "").contains("verdict bad"))
  }

  @Test func anUnfinishedPlanIsNoGood() throws {
    var report = try Self.report()
    report.change.done = 11
    report.change.failures = ["a1/osd.0": "the disk is <gone>"]
    #expect(!report.isGood && report.verdict.contains("11 of 12"))
    #expect(report.text.contains("FAILED    a1/osd.0: the disk is <gone>"))
    #expect(report.html(picture: "").contains("the disk is &lt;gone&gt;"))
  }

  @Test func theHTMLFileNeedsNoOther() throws {
    let html = try Self.report(site: "<script>alert(\"1\")</script>").html(picture: "<svg id=\"site\"></svg>\n")
    #expect(!html.contains("<script") && html.contains("&lt;script&gt;alert(&quot;1&quot;)"))
    #expect(html.contains("&lt;old&gt;.yaml") && html.contains("<svg id=\"site\"></svg>"))
    for word in ["http://", "https://", "src=", "@import", "url("] { #expect(!html.contains(word), "\(word)") }
    for tag in ["main", "section", "table", "div", "tbody", "td", "th", "tr", "ul", "p", "header"] {
      let count = { (start: String) in html.components(separatedBy: start).count }
      #expect(count("<\(tag)>") + count("<\(tag) ") - 1 == count("</\(tag)>"), "every <\(tag)> ends")
    }
  }

  @Test func twoVariantsStandSideBySide() throws {
    let comparison = RehearsalComparison([
      .init(file: "a.yaml", report: try Self.report()),
      .init(file: "b.yaml", report: try Self.report(isAgreeing: false)),
    ])
    let lines = comparison.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    for line in [
      "a.yaml b.yaml", "hosts 6 6", "OSDs 6 6", "raw capacity 60 GiB 60 GiB", "steps 12 12", "forecast 100 s 100 s",
      "measured 112 s 112 s", "longest stall 28.1 s 28.1 s", "failures as predicted 1 of 1 0 of 1",
      "storage held in 1 of 1 0 of 1", "network held in – –",
    ] { #expect(lines.contains(line), "\(line) in \(lines)") }
    #expect(!comparison.isGood)
  }
}

@Suite struct VerdictTests {
  @Test func aPredictionIsTheDesignsOwn() throws {
    let simulation = FailureSimulation(try Sample.threeRacks())
    let prediction = Prediction(.rack("a"), in: simulation)
    #expect(prediction.holds(.storageIO) && prediction.holds(.network) && prediction.holds(.control))
    let verdicts = prediction.verdicts(
      promised: [.control], seen: [.control: Sight(holds: false, "no quorum"), .network: Sight(holds: true, "")])
    let control = try #require(verdicts.first { $0.guarantee == .control })
    #expect(!control.agrees && !control.isKept && control.words == "BREAKS, holds predicted")
    let storage = try #require(verdicts.first { $0.guarantee == .storageIO })
    #expect(storage.agrees && storage.isKept && storage.observed == nil)
  }

  @Test func whatNobodyPromisedMayBreak() {
    let verdict = Verdict(
      guarantee: .control, isPromised: false, predicted: false, reason: "", observed: false, evidence: nil)
    #expect(verdict.agrees && verdict.isKept && verdict.words == "BREAKS")
  }
}

@Suite struct ProbeLineTests {
  @Test func theLastWholeLineCounts() {
    let text = """
      writing
      {"writes": 10, "waiting_s": 0.1, "longest_stall_s": 0.2}
      {"writes": 20, "waiting_s": 1.5, "longest_stall_s": 1.5}
      {"writes": 30, "wai
      """
    #expect(lastLine(text, as: WriterLine.self) == WriterLine(writes: 20, waiting: 1.5, longestStall: 1.5))
    let end = #"{"writes": 5, "reads": 5, "longest_stall_s": 2.0, "wrong_blocks": 0, "stalls": []}"#
    #expect(lastLine(text + "\n" + end, as: WriterLine.self)?.wrongBlocks == 0)
    let flow = #"{"silent_s": {"a1": 0.05}, "longest_gap_s": {"a1": 0.4}}"#
    #expect(lastLine(flow, as: FlowLine.self) == FlowLine(silent: ["a1": 0.05], longestGap: ["a1": 0.4]))
    #expect(lastLine("Traceback", as: FlowLine.self) == nil)
  }
}

@Suite struct StepMemoryTests {
  @Test func onlyTheNewestOfEachAreKept() {
    func sample(_ seconds: Double, _ work: String = "w") -> StepTime.Sample {
      .init(step: "a1/osd.0", work: work, seconds: seconds)
    }
    let joined = StepMemory.joined([sample(9), sample(1, "other")], (1...8).map { sample(Double($0)) })
    #expect(joined == [sample(9), sample(1, "other")] + (1...4).map { sample(Double($0)) })
    let many = (0..<30_000).map { StepTime.Sample(step: "h\($0)/base", work: "", seconds: 1) }
    #expect(StepMemory.joined(many, []).count == StepMemory.most)
  }

  @Test func itIsKeptOnDisk() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("varde-memory-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: base) }
    let memory = StepMemory(site: "s", base: base)
    #expect(memory.samples.isEmpty)
    let samples = [StepTime.Sample(step: "a1/base", work: "sysctls", seconds: 1.5)]
    try memory.add(samples)
    #expect(StepMemory(site: "s", base: base).samples == samples)
    try Data("{".utf8).write(to: URL(fileURLWithPath: "\(base)/rehearsed/s.json"))
    #expect(memory.samples.isEmpty, "what cannot be read is forgotten")
  }
}
