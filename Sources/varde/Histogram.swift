import Foundation

/// How many OSDs are how full, before and after, side by side.
struct Histogram {
  /// Use from and to, in percent, and how many OSDs.
  let bins: [(from: Double, to: Double, before: Int, after: Int)]
  private static let most = 14
  private static let bar = 24

  init(_ before: [Double], _ after: [Double]) {
    let all = (before + after).map { $0 * 100 }
    guard let least = all.min(), let largest = all.max() else {
      bins = []
      return
    }
    let width =
      [0.5, 1, 2, 5, 10].first { (largest / $0).rounded(.down) - (least / $0).rounded(.down) < Double(Self.most) }
      ?? ((largest - least) / Double(Self.most - 1)).rounded(.up)
    let start = (least / width).rounded(.down) * width
    let count = Int(((largest - start) / width).rounded(.down)) + 1
    func osds(_ uses: [Double], _ bin: Int) -> Int {
      uses.count { Int((($0 * 100 - start) / width).rounded(.down)) == bin }
    }
    bins = (0..<count).map { bin in
      let from = start + Double(bin) * width
      return (from, from + width, osds(before, bin), osds(after, bin))
    }
  }

  var lines: [String] {
    let largest = bins.map { max($0.before, $0.after) }.max() ?? 0
    guard largest > 0 else { return [] }
    func bar(_ count: Int) -> String {
      let length = count == 0 ? 0 : max(1, count * Self.bar / largest)
      return (String(repeating: "#", count: length) + " \(count == 0 ? "" : "\(count)")").padded(to: Self.bar + 7)
    }
    return bins.map { bin in
      (String(format: "  %5.1f - %5.1f %%  ", bin.from, bin.to) + bar(bin.before) + bar(bin.after)).trimmedEnd
    }
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}
