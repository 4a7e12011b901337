import Testing

extension TwinTests {
  @Suite(.serialized, .timeLimit(.minutes(15))) struct BareImageTests {
    @Test func theRolloutInstallsEverythingOnBareDebian() async throws {
      let site = try TestSite("one-vm")
      try await site.begin()
      let up = try await site.lab("up", "--image", "bare")
      #expect(up.status == 0, "\(up)")
      let before = try await packages(of: site)
      #expect(!before.isEmpty && before.allSatisfy { !$0.hasPrefix("ceph") && !$0.hasPrefix("frr") }, "\(before)")

      let apply = try await Varde.run(["apply", "--twin", "--yes", site.file], within: .seconds(600))
      #expect(apply.status == 0, "\(apply)")
      let after = try await packages(of: site)
      #expect(after.isSuperset(of: ["ceph-mon", "ceph-mgr", "ceph-osd"]), "\(after)")

      let status = try await site.twin("status", "--format", "json").json(SiteStatus.self)
      #expect(status.ceph?.health == "HEALTH_OK")
      #expect(status.ceph?.osdsUp == 3)
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")

      try await site.begin()
      try Leftovers.expectNone(of: site.name)
    }

    /// Names of what is installed in the host.
    private func packages(of site: TestSite) async throws -> Set<String> {
      let list = "dpkg-query -W -f '${db:Status-Status} ${Package}\\n'"
      let lines = try await site.sh("vm1", list).split(separator: "\n")
      return Set(lines.filter { $0.hasPrefix("installed ") }.map { String($0.dropFirst("installed ".count)) })
    }
  }
}
