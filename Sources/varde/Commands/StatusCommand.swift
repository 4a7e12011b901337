import ArgumentParser
import Controller
import Foundation
import Store

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell how a site is: its hosts, fabric and storage, by their own word.",
    discussion: "Exit code 0: as it should be; 1: something is not, and is named.")

  @OptionGroup var site: SiteOptions
  @OptionGroup var hosts: HostOptions
  @Option(help: "text or json.") var format = OutputFormat.text
  @Option(help: ArgumentHelp("Look again until all is as it should be, at most this long.", valueName: "seconds"))
  var wait = 0

  func run() async throws {
    let design = try site.design()
    let deadline = ContinuousClock.now + .seconds(wait)
    let (status, last) = try await hosts.withController(design) { controller, store in
      var begun = ContinuousClock.now
      var status = await controller.status()
      while !status.problems.isEmpty, ContinuousClock.now < deadline {
        // No more of a site's time goes into looking than into becoming well.
        try await Task.sleep(for: max(.seconds(1), begun.duration(to: .now)))
        begun = .now
        status = await controller.status()
      }
      return (status, try Journal(store).rollouts(limit: 1).first)
    }
    let isLocked = SiteLock.holder(try hosts.stateDirectory(design)) != nil
    switch format {
    case .json: print(try Output.json(status))
    case .text: print(text(status, last, isLocked: isLocked))
    }
    if !status.problems.isEmpty { throw Exit.failed }
  }

  private func text(_ status: SiteStatus, _ last: RolloutRecord?, isLocked: Bool) -> String {
    var lines = ["\(status.site)\(hosts.twin ? " (twin)" : "")"]
    lines.append("  hosts    \(status.hosts.reachable) of \(status.hosts.total) reachable")
    if let fabric = status.fabric {
      lines.append(
        "  fabric   \(fabric.established) of \(fabric.sessions) BGP sessions established; "
          + "host to host over at least \(fabric.fewestNextHops) next hops in the kernel (IPv4 and IPv6)")
    }
    if let ceph = status.ceph {
      lines.append("  ceph     \(ceph.health); monitors \(ceph.quorum.joined(separator: ", ")) in quorum")
      lines.append("           OSDs: \(ceph.osdsUp) up, \(ceph.osdsIn) in, of \(ceph.osds); PGs: \(ceph.pgSummary)")
      let used = Double(ceph.bytesUsed) / Double(1 << 30)
      let total = Double(ceph.bytesTotal) / Double(1 << 30)
      lines.append(String(format: "           %.1f of %.1f GiB used", used, total))
    }
    if let last {
      let outcome = last.outcome(isLocked: isLocked).rawValue
      lines.append("  rollout  #\(last.id ?? 0) \(outcome), begun \(last.startedAt.formatted(.iso8601))")
    }
    return (lines + status.problems.map { "  !        \($0)" }).joined(separator: "\n")
  }
}
