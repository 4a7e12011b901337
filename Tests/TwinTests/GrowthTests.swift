import Testing

extension TwinTests {
  /// One running site, from one VM to a rack: edit the file, `lab up`, `apply`. A writer runs all the time.
  @Suite(.serialized, .timeLimit(.minutes(12)), .onTwin(.none, of: TestSite.growing)) struct GrowthTests {
    @Test func aSiteGrowsFromOneVMToARack() async throws {
      let twin = try GrowingTwin.growing()
      try await twin.becomes(.oneVM, mons: ["a1"], pool: .init(size: 2, minSize: 1, rule: "replicated-osd"))
      try await twin.store()
      try await twin.grows([
        (.threeHosts, mons: ["a1", "a2", "a3"]), (.oneRack, mons: ["a1", "a2", "a3"]),
      ])
    }
  }

  /// Monitors and managers spread over racks that come, and those that were too near to each other leave.
  @Suite(.serialized, .timeLimit(.minutes(12)), .onTwin(.restored, of: TestSite.racksCome))
  struct RackGrowthTests {
    @Test func aRackBecomesThree() async throws {
      let twin = try GrowingTwin.racksCome()
      try await twin.store()
      try await twin.grows([(.threeRacks, mons: ["a1", "b1", "c1"])])
    }
  }
}
