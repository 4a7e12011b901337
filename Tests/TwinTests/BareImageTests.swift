import Foundation
import Testing

extension TwinTests {
  @Suite(.serialized, .timeLimit(.minutes(15)), .onTwin(.none, of: TestSite.bare)) struct BareImageTests {

    @Test func theRolloutInstallsEverythingOnBareDebian() async throws {
      let site = try TestSite.bare()
      let up = try await site.lab("up", "--image", "bare")
      #expect(up.status == 0, "\(up)")
      let before = try await packages(of: site)
      #expect(!before.isEmpty && before.allSatisfy { !$0.hasPrefix("ceph") && !$0.hasPrefix("frr") }, "\(before)")

      try await aMirrorThatFailsHalfWayIsNamed(site)
      #expect(try await site.lab("up", "--image", "bare").status == 0, "the mirror is back")
      let apply = try await Varde.run(["apply", "--twin", "--yes", site.file], within: .seconds(600))
      #expect(apply.status == 0, "\(apply)")
      let after = try await packages(of: site)
      #expect(after.isSuperset(of: ["ceph-mon", "ceph-mgr", "ceph-osd"]), "\(after)")

      let status = try await site.twin("status", "--format", "json").json(SiteStatus.self)
      #expect(status.ceph?.health == "HEALTH_OK")
      #expect(status.ceph?.osdsUp == 3)
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")
    }

    /// Ends the proxy by which the hosts reach their mirror, when apt-get has begun to install.
    private func aMirrorThatFailsHalfWayIsNamed(_ site: TestSite) async throws {
      let apply = try await site.start("apply")
      _ = try await wait(for: "apt-get installs", within: .seconds(120), every: .milliseconds(5)) {
        RunningProcess.all(of: site.name).contains {
          $0.commandLine.hasPrefix("apt-get -y") && $0.commandLine.contains("install")
        }
          ? true : nil
      }
      for process in RunningProcess.all(of: site.name)
      where RunningProcess.text(process.pid, "cgroup").contains("/varde/\(site.name)/_apt-proxy") {
        kill(process.pid, SIGKILL)
      }
      let run = try await apply.result(within: .seconds(240))
      #expect(run.status == 1 && run.error.contains("FAIL  vm1/ceph") && run.error.contains("apt-get"), "\(run)")
    }

    /// Names of what is installed in the host.
    private func packages(of site: TestSite) async throws -> Set<String> {
      let list = "dpkg-query -W -f '${db:Status-Status} ${Package}\\n'"
      let lines = try await site.sh("vm1", list).split(separator: "\n")
      return Set(lines.filter { $0.hasPrefix("installed ") }.map { String($0.dropFirst("installed ".count)) })
    }
  }
}
