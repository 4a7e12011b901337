import HostProtocol
import Testing

@testable import Plan

@Suite struct SHA256Tests {
  /// FIPS 180-2, appendix B, and the empty message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func knownMessages(message: String, digest: String) { #expect(SHA256.hex(Array(message.utf8)) == digest) }

  /// Every length around the ends of blocks; the sum is that of Python's hashlib.
  @Test func everyLength() {
    let digests = (0..<200).map { SHA256.hex(Array(repeating: UInt8(ascii: "a"), count: $0)) }.joined()
    #expect(SHA256.hex(Array(digests.utf8)) == "019f2b9f1af27a53a1f046da7e98af2c179f431e4b5bebb000e74040917a4123")
  }
}

@Suite struct PlanDigestTests {
  @Test func aFixedPlanHasAFixedDigest() throws {
    let digest = try PlanDigest(Self.plan()).description
    #expect(
      digest
        == "sha256:5ede09a2fdce14a41bbee4c71c7d08801ac18035c9c11c2dae63239520215bef")
  }

  @Test func whatIsOnlyObservedDoesNotCount() throws {
    var other = Self.plan(epoch: 77, gid: 9, boot: "other")
    other.notes = ["a note"]
    other.unreachable = ["b1": "no answer"]
    for index in other.steps.indices {
      other.steps[index].title = "another title"
      other.steps[index].why = []
    }
    #expect(try PlanDigest(other) == PlanDigest(Self.plan()))
  }

  @Test(
    arguments: [
      { $0.site = "other" }, { $0.steps.removeLast() }, { $0.steps[0].needs = ["x"] }, { $0.steps[0].deadline += 1 },
      { $0.steps[0].takesDown = [] }, { $0.steps[0].undo = .wait }, { $0.steps[0].before = .wait },
      { $0.steps[0].after = .wait }, { $0.steps[0].gate = .osdRestarted(id: 1, after: 0) },
      { $0.steps[0].gate = .osdRestarted(id: 0, after: 0, release: "18.2") },
      { $0.steps[1].action = .converge(host: "a1", resources: [.file(FileResource("/etc/x", content: "y"))]) },
      { $0.steps[2].action = .mon(via: ["a1"], commands: [MonChange(.make("osd set", ["key": "nodown"]))]) },
      { $0.steps.swapAt(0, 1) },
    ] as [@Sendable (inout Plan) -> Void])
  func whatIsDoneCounts(change: @Sendable (inout Plan) -> Void) throws {
    var plan = Self.plan()
    change(&plan)
    #expect(try PlanDigest(plan) != PlanDigest(Self.plan()))
  }

  @Test func itIsReadAsItIsPrinted() throws {
    let digest = try PlanDigest(Self.plan())
    #expect(PlanDigest(digest.description) == digest)
    for text in ["", "sha256:", "sha256:abc", digest.description.uppercased(), "\(digest)0", "md5:\(digest)"] {
      #expect(PlanDigest(text) == nil)
    }
  }

  @Test func theRestOfAPlanIsKnown() {
    let begun = Self.plan()
    var rest = Self.plan(epoch: 5)
    rest.steps.removeFirst()
    rest.steps[0].needs = []
    rest.steps[0].action = .wait
    #expect(rest.isRest(of: begun))
    rest.steps[1].action = .mon(via: ["a1"], commands: [])
    #expect(!rest.isRest(of: begun), "another action")
    var more = begun
    more.steps.append(Step(id: "new", title: "", phase: "", action: .wait))
    #expect(!more.isRest(of: begun), "another step")
    #expect(!Plan(site: "s", steps: []).isRest(of: begun))
  }

  private static func plan(epoch: Int = 1, gid: UInt64 = 2, boot: String = "k") -> Plan {
    let identity = BootIdentity(kernel: boot, firstProcess: "7")
    return Plan(
      site: "s",
      steps: [
        Step(
          id: "a1/osd.0", title: "restart", phase: "ceph", action: .converge(host: "a1", resources: []),
          why: [Difference(resource: "file:/etc/x", changes: [Change("mode", from: "0600", to: "0644")])],
          takesDown: [.osd(host: "a1", disk: "/dev/vdb")],
          gate: .all(of: [.osdRestarted(id: 0, after: epoch), .mgrRestarted(mgr: "a1", after: gid, count: 2)])),
        Step(
          id: "a1/reimage", title: "install", phase: "reimage",
          action: .reimage(
            node: "a1", stopping: ["x"], since: identity, resources: [],
            lastly: LastStop(when: .osdRestarted(id: 0, after: epoch), units: ["y"])),
          gate: .rebooted(node: "a1", since: identity)),
        Step(
          id: "ceph/flags", title: "flags", phase: "ceph", needs: ["a1/osd.0"],
          action: .mon(via: ["a1"], commands: [MonChange(.make("osd set", ["key": "noout"]))])),
      ])
  }
}
