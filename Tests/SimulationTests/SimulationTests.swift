import Foundation
import Testing

/// The rollout's own logic (plans, schedule, budget, gates, resume) in a made-up world in which hosts fail, messages are
/// lost, actions break and controllers crash. The same seed gives the same run. `VARDE_SEEDS=50000` runs more of them,
/// `VARDE_SEED=N` one, and prints what happens.
@Suite struct SimulationTests {
  @Test func noRolloutBreaksAPromiseOrGetsStuck() throws {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["VARDE_SEED"].flatMap({ UInt64($0) }) { return try replay(seed) }
    let seeds = environment["VARDE_SEEDS"].flatMap { UInt64($0) } ?? 1000
    let start = ContinuousClock.now
    var figures = Figures()
    var violations = 0
    for seed in 0..<seeds {
      do { figures = figures + (try World.run(seed).figures) } catch {
        violations += 1
        if violations < 6 {
          Issue.record("seed \(seed): \(error); replay: VARDE_SEED=\(seed) swift test --filter SimulationTests")
        }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("\(seeds) seeds in \(seconds) s: \(figures); violations: \(violations)")
    #expect(violations == 0)
    // A world in which nothing happens shows nothing.
    #expect(figures.faults > Int(seeds) / 2 && figures.crashes > Int(seeds) / 4 && figures.held > Int(seeds) / 20)
  }

  @Test func theSameSeedIsTheSameRun() throws {
    for seed: UInt64 in 0..<20 {
      #expect(try World.run(seed, logs: true).log == World.run(seed, logs: true).log)
    }
  }

  private func replay(_ seed: UInt64) throws {
    do { print(try World.run(seed, logs: true).log.joined(separator: "\n")) } catch let violation as Violation {
      print(violation.log.joined(separator: "\n"))
      throw violation
    }
  }
}
