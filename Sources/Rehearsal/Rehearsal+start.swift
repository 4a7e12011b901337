import Controller
import Design
import Foundation
import Lab
import Plan

extension Rehearsal {
  /// Brings the twin into the state from which the plan begins.
  ///
  /// - Returns: the design of that state, and what it is, for people; `nil`: nothing is there
  func prepare() async throws -> (Design?, String) {
    switch start {
    case .nothing: return (nil, "nothing")
    case .saved(let name):
      let twin = try Lab.saved(name)
      guard twin.site == design.site else {
        throw RehearsalError("\(name) is a saved twin of site '\(twin.site)', not of '\(design.site)'")
      }
      try await restore(name, twin.design)
      return (twin.design, "the saved twin \(name)")
    case .site(let former, let text, let file):
      guard former.site == design.site else {
        throw RehearsalError("\(file) is site '\(former.site)', and this is site '\(design.site)'")
      }
      try await make(former, text)
      return (former, "the site of \(file)")
    }
  }

  private func restore(_ name: String, _ former: Design) async throws {
    let twin = Lab(former, image: lab.image)
    note("restoring \(name)")
    try await twin.restore(name, acceptingDesign: true, progress: note)
    try await isWell(former)
  }

  /// The twin of a site that is whole: restored where one is saved, else made and saved for the next time.
  private func make(_ former: Design, _ text: String) async throws {
    let name = try Self.savedName(former, lab.image)
    let twin = Lab(former, image: lab.image)
    if Lab.hasSaved(name), try await twin.staleness(of: name).isEmpty { return try await restore(name, former) }
    note("making the twin to begin with; it is saved as \(name) for the next time")
    try await twin.up(progress: note)
    try await access.withController(former) { controller, store in
      let made = try await rollOut(controller, store, known: StepTime(samples: memory.samples))
      guard made.allSatisfy(\.isDone) else {
        let reasons = made.flatMap(\.reasons).joined(separator: "; ")
        throw RehearsalError("the twin to begin with could not be made: \(reasons)")
      }
      try memory.add(made.flatMap(\.samples))
    }
    try await isWell(former)
    try await twin.save(as: name, siteText: text, isReplacing: true, progress: note)
    try await restore(name, former)
  }

  private func isWell(_ former: Design) async throws {
    let problems = try await access.withController(former) { controller, _ in
      await muteSlowHeartbeats(controller)
      return await controller.problems(within: 300)
    }
    guard problems.isEmpty else {
      throw RehearsalError("the twin to begin with is not well after 300 s: \(problems.joined(separator: "; "))")
    }
  }

  /// `rehearse-three-racks-1f00c2a9`: another one for each design.
  static func savedName(_ design: Design, _ image: ImageKind) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let digest = SHA256.hex(Array(try encoder.encode(design)) + Array(image.rawValue.utf8))
    return "rehearse-\(design.site.prefix(40))-\(digest.prefix(8))"
  }
}
