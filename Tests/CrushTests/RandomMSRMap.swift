import TestSupport

/// A CRUSH map made up from a seed, with rules that retry across steps (MSR), as the text of crushtool 19 and later.
struct RandomMSRMap {
  private(set) var text = ""
  private(set) var rules: [Int] = []
  /// Device to how much of it is in.
  private(set) var reweights: [Int: Double] = [:]
  let size: Int

  init(seed: UInt64) {
    var random = SplitMix64(seed ^ 0x35a)
    let (racks, hosts, disks) = (
      Int.random(in: 1...5, using: &random), Int.random(in: 1...5, using: &random),
      Int.random(in: 1...6, using: &random)
    )
    size = Int.random(in: 1...12, using: &random)
    text += "tunable choose_local_tries 0\ntunable choose_local_fallback_tries 0\ntunable choose_total_tries 50\n"
    text += "tunable chooseleaf_descend_once 1\ntunable chooseleaf_vary_r 1\ntunable chooseleaf_stable 1\n"
    if Bool.random(using: &random) { text += "tunable msr_descents \(Int.random(in: 1...60, using: &random))\n" }
    if Bool.random(using: &random) { text += "tunable msr_collision_tries \(Int.random(in: 1...60, using: &random))\n" }
    text += "tunable straw_calc_version 1\ntunable allowed_bucket_algs 54\n"
    let count = racks * hosts * disks
    for device in 0..<count { text += "device \(device) osd.\(device) class \(device % disks == 1 ? "ssd" : "hdd")\n" }
    text += "type 0 osd\ntype 1 host\ntype 3 rack\ntype 11 root\n"
    func weight() -> Int { [0, 1, 1, 1, 2, 3].randomElement(using: &random) ?? 1 }
    var weights: [String: Int] = [:]
    func bucket(_ type: String, _ name: String, _ id: Int, _ items: [String]) {
      text += "\(type) \(name) {\n\tid \(id)\n\talg straw2\n\thash 0\n"
      for item in items {
        let own = weights[item] ?? weight()
        weights[name, default: 0] += own
        text += "\titem \(item) weight \(own).000\n"
      }
      text += "}\n"
    }
    for host in 0..<racks * hosts {
      bucket("host", "h\(host)", -1 - host, (0..<disks).map { "osd.\(host * disks + $0)" })
    }
    for rack in 0..<racks { bucket("rack", "r\(rack)", -100 - rack, (0..<hosts).map { "h\(rack * hosts + $0)" }) }
    bucket("root", "default", -200, (0..<racks).map { "r\($0)" })
    for id in 0..<Int.random(in: 1...3, using: &random) {
      text += "rule r\(id) {\n\tid \(id)\n\ttype \(Bool.random(using: &random) ? "msr_indep" : "msr_firstn")\n"
      if Int.random(in: 0..<3, using: &random) == 0 {
        text += "\tstep set_msr_descents \(Int.random(in: 1...80, using: &random))\n"
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        text += "\tstep set_msr_collision_tries \(Int.random(in: 1...80, using: &random))\n"
      }
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let deviceClass = ["", "", " class hdd"].randomElement(using: &random) ?? ""
        text += "\tstep take default\(deviceClass)\n"
        for type in ["rack", "host"] where Bool.random(using: &random) {
          text += "\tstep choosemsr \(Int.random(in: 0...4, using: &random)) type \(type)\n"
        }
        text += "\tstep choosemsr \(Int.random(in: 1...3, using: &random)) type osd\n\tstep emit\n"
      }
      text += "}\n"
      rules.append(id)
    }
    for device in 0..<count where Int.random(in: 0..<4, using: &random) == 0 {
      reweights[device] = [0, 0, 0.5].randomElement(using: &random) ?? 0
    }
  }
}
