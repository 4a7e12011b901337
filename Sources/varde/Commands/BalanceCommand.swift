import ArgumentParser
import Crush
import Foundation

struct BalanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Even out a Ceph cluster, by bytes and for every pool.")

  @OptionGroup var files: MapOptions
  @Option(help: ArgumentHelp("ceph pg dump -f json", valueName: "file"), completion: .file()) var pgDump: String?
  @Option(help: ArgumentHelp("ceph osd df -f json", valueName: "file"), completion: .file()) var osdDf: String?
  @Option var goal: String = "room"

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let map = try files.load()
    let pgs = try pgDump.map { try MapOptions.read($0) { data throws(CrushMapError) in data } }
    let df = try osdDf.map { try MapOptions.read($0) { data throws(CrushMapError) in data } }
    let use = try ClusterUse(map, pgDump: pgs, osdDf: df)
    let read = clock.now
    var balancer = Balancer(map, use)
    let ready = clock.now
    balancer.run(Balancer.Goal(rawValue: goal) ?? .room)
    let done = clock.now
    for change in balancer.changes { print(change.command) }
    let report = balancer.report
    for state in [report.before, report.after] {
      for c in state.classes {
        Terminal.say("\(c.deviceClass) min \(c.min*100) max \(c.max*100) sd \(c.standardDeviation*100)")
      }
    }
    Terminal.say("moved \(report.movedBytes / 0x1p40) TiB, \(report.movedShards) shards")
    Terminal.say("read \(read - start) prepare \(ready - read) run \(done - ready)")
  }
}
