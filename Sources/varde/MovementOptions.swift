import ArgumentParser
import Controller
import Crush
import Site

/// How fast data is taken to move, where its movement is foretold.
struct MovementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What an OSD takes in each second while data moves, as the cluster is configured.", valueName: "bytes"))
  var recoveryRate = "50MiB"

  func validate() throws {
    guard let rate = Bytes(recoveryRate), rate.count > 0 else {
      throw ValidationError("--recovery-rate is a number and a unit: 50MiB")
    }
  }

  /// Bytes a second.
  var rate: Double { Double(Bytes(recoveryRate)?.count ?? 1) }

  /// What a plan moves, for people: empty where that is nothing.
  func lines(_ controller: SiteController, _ observation: Observation) async -> [String] {
    let resized = controller.resizedPools(observation)
    let note = "not foretold: what moves as placement groups split or merge, of \(resized.joined(separator: ", "))"
    return await foretold(controller, observation) + (resized.isEmpty ? [] : [note])
  }

  private func foretold(_ controller: SiteController, _ observation: Observation) async -> [String] {
    do {
      guard let forecast = try await controller.movement(observation, rate: rate),
        forecast.movedShards + forecast.missingShards + forecast.lostGroups > 0
      else { return [] }
      return MovementText(forecast).lines
    } catch {
      return ["note: what moves of the data cannot be foretold: \(error)"]
    }
  }
}
