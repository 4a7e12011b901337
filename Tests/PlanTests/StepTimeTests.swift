import HostProtocol
import Testing

@testable import Plan

@Suite struct StepTimeTests {
  private let packages = [Difference(resource: "package:frr", changes: [Change("version", from: nil, to: "10")])]
  private let files = [Difference(resource: "file:/etc/x", changes: [Change("content", from: nil, to: "x")])]

  private func step(_ id: String, _ why: [Difference], needs: [String] = [], host: String? = "a1") -> Step {
    let resources: [Resource] = [.package(PackageResource("frr")), .file(FileResource("/etc/x", content: "x"))]
    return Step(
      id: id, title: "", phase: "", needs: needs,
      action: host.map { .converge(host: $0, resources: resources) } ?? .wait, why: why)
  }

  @Test func theSameStepWithTheSameWorkIsKnownBest() {
    let (here, there) = (step("a1/ceph", packages), step("b1/ceph", packages))
    let samples = [
      StepTime.Sample(step: "a1/ceph", work: here.work, seconds: 30),
      StepTime.Sample(step: "b1/ceph", work: there.work, seconds: 50),
      StepTime.Sample(step: "a1/ceph", work: step("a1/ceph", files).work, seconds: 1),
    ]
    let time = StepTime(samples: samples)
    #expect(time.seconds(here) == 30)
    #expect(time.seconds(there) == 50)
    #expect(time.seconds(step("c1/ceph", files)) == 1, "its like, with the same work")
    #expect(time.seconds(step("c1/ceph", packages + files)) == 50, "its kind, with packages: the median")
  }

  @Test func onlyTheNewestCount() {
    let samples = [1, 2, 3, 4, 5, 100, 100, 100, 100, 100, 100].map {
      StepTime.Sample(step: "a1/ceph", work: "w", seconds: $0)
    }
    #expect(StepTime(samples: samples).seconds(step("a1/ceph", files)) == 3)
  }

  @Test func packagesTakeTimeOnlyWhereTheyAreMissing() {
    #expect(StepTime().seconds(step("a1/ceph", packages)) == 60)
    #expect(StepTime().seconds(step("a1/ceph", files)) == 2)
    let files = step("b1/ceph", files)
    let time = StepTime(samples: [.init(step: "b1/ceph", work: files.work, seconds: 1)])
    #expect(time.seconds(step("a1/ceph", packages)) == 60, "files were written here, and nothing was installed")
  }

  /// Placement groups are clean at once after a new key, and late after a new OSD.
  @Test func aGateOfTheSiteIsKnownByWhatCameBefore() {
    let late = step("ceph/healthy", [], needs: ["a1/osd.0", "b1/osd.1"], host: nil)
    let soon = step("ceph/healthy", [], needs: ["ceph/keys"], host: nil)
    let time = StepTime(samples: [
      .init(step: "ceph/healthy", work: soon.work, seconds: 1),
      .init(step: "ceph/healthy", work: late.work, seconds: 90),
    ])
    #expect(time.seconds(late) == 90)
    #expect(time.seconds(soon) == 1)
    #expect(time.seconds(step("ceph/healthy", [], needs: ["c1/osd.7"], host: nil)) == 90)
    #expect(time.seconds(step("ceph/healthy", [], needs: ["ceph/rules"], host: nil)) == 2)
  }

  @Test func theJournalsDurationsAreOfKinds() {
    let time = StepTime([(step: "a1/osd.3", seconds: 9)])
    #expect(time.seconds(step("b1/osd.7", files)) == 9)
  }
}
