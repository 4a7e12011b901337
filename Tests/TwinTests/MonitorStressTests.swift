import Foundation
import Testing

extension TwinTests {
  /// Programs that ask a monitor in the moment in which it leaves the quorum: without a deadline of their own, some of them
  /// wait for five minutes (`MonClient::authenticate`).
  @Suite(.serialized, .timeLimit(.minutes(8)), .onTwin(.restored, of: TestSite.slim)) struct MonitorStressTests {
    @Test func daemonsAndToolsStartWhileAMonitorLeaves() async throws {
      let site = try TestSite.slim()
      let osd = try await site.sh("a3", "basename /var/lib/ceph/osd/ceph-* | sed s/ceph-//").dropLast()
      var longest = 0.0
      // As long as it has left, its clients must find another one: all hosts know all three.
      for mon in ["c1", "b1", "c1", "b1", "c1"] {
        let before = try await cameUp(String(osd), site) ?? 0
        let begun = ContinuousClock.now
        async let left = site.sh(mon, "ceph daemon mon.\(mon) quorum exit")
        async let restarted = site.sh("a3", "systemctl reset-failed ceph-osd@\(osd); systemctl restart ceph-osd@\(osd)")
        async let made = site.sh("a2", Self.mkfs)
        async let asked = site.twin("plan")
        _ = try await (left, restarted, made)
        #expect([0, 3].contains(try await asked.status))
        _ = try await wait(for: "osd.\(osd) is up", within: .seconds(90), every: .milliseconds(200)) {
          (try await cameUp(String(osd), site)).flatMap { $0 > before ? $0 : nil }
        }
        longest = max(longest, (ContinuousClock.now - begun) / .seconds(1))
        try await site.sh(mon, "ceph daemon mon.\(mon) quorum enter")
        _ = try await wait(for: "mon.\(mon) is back", within: .seconds(60), every: .milliseconds(200)) {
          try await quorum(site).contains(mon) ? true : nil
        }
      }
      print("with a monitor that leaves: longest until all had started \(longest) s")
    }

    /// As the agent makes an OSD, in a folder that belongs to none.
    private static let mkfs = """
      set -e
      rm -rf /root/spare; mkdir /root/spare; truncate -s 2G /root/spare/block
      timeout 60 ceph-osd --cluster ceph -i 99 --mkfs --no-mon-config --osd-uuid 11111111-2222-3333-4444-555555555555 \
        --osd-data /root/spare >/dev/null 2>&1
      rm -rf /root/spare
      """

    /// The epoch in which an OSD came up; `nil`: it is down, or nobody answers.
    private func cameUp(_ osd: String, _ site: TestSite) async throws -> Int? {
      struct Dump: Decodable {
        struct OSD: Decodable {
          var osd, up, upFrom: Int
          enum CodingKeys: String, CodingKey {
            case osd, up
            case upFrom = "up_from"
          }
        }
        var osds: [OSD]
      }
      let text = try await site.sh("a1", "timeout 20 ceph osd dump -f json 2>/dev/null || true")
      let dump = try? JSONDecoder().decode(Dump.self, from: Data(text.utf8))
      return dump?.osds.first { "\($0.osd)" == osd && $0.up == 1 }?.upFrom
    }

    private func quorum(_ site: TestSite) async throws -> [String] {
      struct Status: Decodable {
        var names: [String]
        enum CodingKeys: String, CodingKey { case names = "quorum_names" }
      }
      let text = try await site.sh("a1", "timeout 10 ceph quorum_status -f json 2>/dev/null || true")
      return (try? JSONDecoder().decode(Status.self, from: Data(text.utf8)).names) ?? []
    }
  }
}
