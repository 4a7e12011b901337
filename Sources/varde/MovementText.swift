import Crush
import Foundation

/// A forecast of moved data for people.
struct MovementText {
  private let forecast: MovementForecast
  private static let flows = 12

  init(_ forecast: MovementForecast) { self.forecast = forecast }

  var lines: [String] {
    let share = forecast.bytes > 0 ? forecast.movedBytes / forecast.bytes * 100 : 0
    var lines = [
      "data to move: \(BalanceText.bytes(forecast.movedBytes)), "
        + String(format: "%.1f %%", share) + " of all; \(forecast.movedShards) of \(forecast.shards) shards; about "
        + Self.time(forecast.seconds)
    ]
    lines += Self.named(forecast.lost, "LOST", "have too few shards left to be read")
    lines += Self.named(forecast.stoppedGroups, "STOPPED", "fall below min_size")
    if forecast.missingShards > 0 {
      lines.append(
        "without a place: \(forecast.missingShards) shards; too few failure domains, or OSDs in them, are there")
    }
    for fullest in forecast.fullest {
      let name = fullest.deviceClass.isEmpty ? "" : "\(fullest.deviceClass): "
      lines.append(
        name
          + String(
            format: "fullest OSD %.2f %%, at most %.2f %% meanwhile (osd.%d), %.2f %% at the end (osd.%d)",
            fullest.before * 100, fullest.between * 100, fullest.betweenOSD, fullest.after * 100, fullest.afterOSD))
    }
    if let worst = forecast.fullest.map(\.between).max(), worst > forecast.backfillFullRatio {
      lines.append(
        String(
          format: "TOO FULL: Ceph moves nothing more to an OSD at %.0f %%, and waits", forecast.backfillFullRatio * 100)
      )
    }
    // Groups without data move nothing.
    let flows = forecast.flows.filter { $0.bytes >= 1 }
    for flow in flows.prefix(Self.flows) {
      lines.append("  \(flow.from) -> \(flow.to): \(BalanceText.bytes(flow.bytes))")
    }
    if flows.count > Self.flows {
      let rest = flows.dropFirst(Self.flows).reduce(0) { $0 + $1.bytes }
      lines.append("  and between \(flows.count - Self.flows) other pairs: \(BalanceText.bytes(rest))")
    }
    return lines
  }

  private static func named(_ groups: [String: [PGID]], _ word: String, _ what: String) -> [String] {
    groups.sorted { $0.key < $1.key }.map { pool, groups in
      let some = groups.prefix(5).map(\.description).joined(separator: ", ") + (groups.count > 5 ? ", …" : "")
      return "\(word): \(groups.count) placement groups of pool '\(pool)' \(what): \(some)"
    }
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(Int(seconds.rounded(.up))) s"
    case ..<5400: "\(Int((seconds / 60).rounded(.up))) min"
    case ..<172_800: "\(Int((seconds / 3600).rounded(.up))) h"
    default: "\(Int((seconds / 86400).rounded(.up))) days"
    }
  }
}

extension Terminal {
  /// Tells of flags of a cluster that keep its data from moving.
  static func noteStandstill(_ map: OSDMap) {
    guard !map.standstill.isEmpty else { return }
    let flags = map.standstill.joined(separator: ", ")
    say("note: \(flags) is set: until it is unset, nothing moves, or not all ('ceph osd unset')")
  }
}
