import Testing

@testable import HostProtocol

@Suite struct WireTests {
  static let resources: [Resource] = [
    .package(PackageResource("frr", version: "8.4.4-1.1")),
    .file(FileResource("/etc/ü", content: "a\u{0}b\"\\\n", mode: 0o600, secret: true, validate: ["true", "%s"])),
    .directory(DirectoryResource("/srv")),
    .user(UserResource("frr", uid: 7, group: "frr", home: "/")),
    .group(GroupResource("frr")),
    .unit(UnitResource("frr.service", enabled: nil, restartOn: ["/etc/frr/frr.conf", "frr"])),
    .sysctls(SysctlResource("fabric", values: ["net.ipv4.ip_forward": "1"])),
    .module(ModuleResource("br_netfilter")),
    .interface(InterfaceResource("lo", addresses: ["198.18.64.11/32"])),
    .cephMon(CephMonResource(name: "a", fsid: "f", members: ["a": "v"], keyring: "k")),
    .cephOSD(CephOSDResource(id: 0, uuid: "u", fsid: "f", device: "/dev/x", size: 1, deviceClass: nil, key: "k")),
    .command(CommandResource("x", argv: ["a"], unless: ["b"])),
  ]

  @Test(
    arguments: [
      .hello(version: 1), .observe([]), .run(CommandRequest(["ls"], input: "x")), .mon(MonCommand(json: "{}")),
      .read(paths: ["/a"], limit: 3),
    ] as [Request])
  func requestsComeBack(_ request: Request) throws {
    #expect(try throughWire(request) == request)
  }

  @Test func everyResourceComesBack() throws {
    let request = Request.apply(Self.resources)
    #expect(try throughWire(request) == request)
  }

  @Test(
    arguments: [
      .differences([Difference(resource: "file:/a", changes: [Change("content", from: nil, to: "x")])]),
      .event(.output("line")), .applied(Applied(changed: ["a"], failure: .init(resource: "b", message: "c"))),
      .ran(CommandResult(status: 1, output: "", error: "\u{fffd}")), .contents([nil, [], [0, 255]]), .failed("no"),
      .monReply(MonReply(status: -2, output: "", message: "m")),
    ] as [Response])
  func responsesComeBack(_ response: Response) throws {
    #expect(try throughWire(response) == response)
  }

  /// What an agent of another build might not know must be an error, not another request.
  @Test(arguments: ["", "{", "[]", "null", "{\"reboot\":{}}", "{\"observe\":{\"_0\":[{\"file\":{}}]}}", "\u{0}"])
  func otherJSONIsNoRequest(_ text: String) {
    #expect(throws: FrameError.self) { try Wire.message(Request.self, of: Array(text.utf8)) }
  }

  @Test func brokenBytesAreNoRequest() throws {
    let whole = Array(try Wire.frame(Request.observe(Self.resources)).dropFirst(Frame.headerLength))
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<8 {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      // A change inside of a string leaves a message; anything else must be told as an error, not end the process.
      do throws(FrameError) {
        _ = try Wire.message(Request.self, of: bytes)
      } catch {
        guard case .notAMessage = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }

  private func throughWire<Message: Codable>(_ message: Message) throws -> Message {
    var reader = FrameReader()
    reader.append(try Wire.frame(message))
    return try Wire.message(Message.self, of: try #require(try reader.next()))
  }
}
