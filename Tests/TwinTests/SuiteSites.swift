import Foundation

/// The sites of suites, each under a name of its own, so that suites run side by side. No name begins with another one: what
/// runs for a twin is found by its name.
extension TestSite {
  static func threeRacks() throws -> TestSite { try TestSite("three-racks", as: "test-three-racks") }
  static func slim() throws -> TestSite { try TestSite(name: "test-slim", yaml: SlimSite.yaml) }
  static func growing() throws -> TestSite { try GrowingTwin.growing().site }
  static func racksCome() throws -> TestSite { try GrowingTwin.racksCome().site }
  static func shrinking() throws -> TestSite { try GrowingTwin.shrinking().site }
  static func balance() throws -> TestSite {
    try TestSite(name: "test-balance", yaml: BalancedSite.yaml(racks: ["a", "b"]))
  }
  static func interrupted() throws -> TestSite { try TestSite("three-hosts", as: "test-interrupted") }
  static func cutOff() throws -> TestSite { try TestSite("three-hosts", as: "test-cut-off") }
  static func badUse() throws -> TestSite { try TestSite("three-hosts", as: "test-bad-use") }
  static func bare() throws -> TestSite { try TestSite("one-vm", as: "test-bare") }

  /// In the long form with a fabric, which has more kinds of steps.
  static func killed() throws -> TestSite {
    isLong ? try TestSite("one-rack", as: "test-rack-killed") : try TestSite("three-hosts", as: "test-killed")
  }

  /// Whether tests take the time to try everything.
  static let isLong = ProcessInfo.processInfo.environment["VARDE_LONG"] != nil
}

extension GrowingTwin {
  static func growing() throws -> GrowingTwin { try GrowingTwin("test-growing", .oneVM) }
  static func racksCome() throws -> GrowingTwin { try GrowingTwin("test-racks-come", .oneRack) }
  static func shrinking() throws -> GrowingTwin { try GrowingTwin("test-shrinking", .threeRacks) }
}
