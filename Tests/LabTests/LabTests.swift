import Foundation
import Processes
import Testing

@testable import Lab

@Suite struct Try {
  @Test func upDown() async throws {
    let design = TestDesigns.racked("try17", racks: 3, hosts: 3, spines: 2, network: 90)
    let lab = Lab(design)
    let clock = ContinuousClock()
    let start = clock.now
    let say: @Sendable (String) -> Void = { print("\(clock.now - start) \($0)") }
    if ProcessInfo.processInfo.environment["TRY"] != "down" { try await lab.up(progress: say) }
    if ProcessInfo.processInfo.environment["TRY"] != "up" { try await lab.down(progress: say) }
  }
}
