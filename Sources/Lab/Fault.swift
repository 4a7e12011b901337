import Design
import Site

/// What can be broken in a lab, and healed.
public enum Fault: Sendable, Hashable {
  /// Power failure of a host or switch.
  case off(String)
  /// All processes of a host hang; its links stay up.
  case frozen(String)
  /// All links of a host or switch drop everything and stay up. Where there is no fabric, the management network does.
  case silent(String)
  /// The cables between two nodes are pulled.
  case linkDown(String, String)
  /// The cables between two nodes drop everything and stay up.
  case linkSilent(String, String)
  /// Reads and writes of a host's disks, in bytes a second each.
  case diskSlow(String, rate: Bytes)
  /// The processes of a systemd unit are killed; systemd does then what the unit says.
  case daemonKilled(String, unit: String)

  /// The words that `varde lab fail` and `heal` take, for help texts.
  public static let usage = """
    host NODE off | host NODE frozen | host NODE silent | link A B down | link A B silent | \
    disk HOST slow [RATE] | daemon HOST UNIT
    """

  /// Reads words as `usage` has them.
  ///
  /// - Throws: `LabError` that names the word that is wrong, and what could stand there.
  public init(words: [String], design: Design) throws {
    func node(_ name: String) throws -> String {
      guard design.node(name) != nil else {
        throw LabError(name, "is no host or switch of the site; it has \(Self.list(design.nodes.map(\.name)))")
      }
      return name
    }
    switch words.count > 1 ? words[0] : "" {
    case "host" where words.count == 3:
      let name = try node(words[1])
      switch words[2] {
      case "off": self = .off(name)
      case "frozen": self = .frozen(name)
      case "silent": self = .silent(name)
      default: throw LabError(words[2], "is nothing that a host can be; use off, frozen or silent")
      }
    case "link" where words.count == 4:
      let ends = (try node(words[1]), try node(words[2]))
      let peers = design.ports(of: ends.0).map(\.peer.node)
      guard peers.contains(ends.1) else {
        throw LabError("link \(ends.0) \(ends.1)", "there is no such link; \(ends.0) has links to \(Self.list(peers))")
      }
      switch words[3] {
      case "down": self = .linkDown(ends.0, ends.1)
      case "silent": self = .linkSilent(ends.0, ends.1)
      default: throw LabError(words[3], "is nothing that a link can be; use down or silent")
      }
    case "disk" where words.count == 3 || words.count == 4:
      let name = try node(words[1])
      guard words[2] == "slow" else { throw LabError(words[2], "is nothing that a disk can be; use slow") }
      guard let rate = words.count == 4 ? Bytes(words[3]) : Bytes(1 << 20), rate.count > 0 else {
        throw LabError(words[3], "is no rate; write bytes a second with a unit, such as 1MiB")
      }
      self = .diskSlow(name, rate: rate)
    case "daemon" where words.count == 3:
      let unit = words[2].contains(".") ? words[2] : "\(words[2]).service"
      self = .daemonKilled(try node(words[1]), unit: unit)
    default:
      throw LabError(words.isEmpty ? "fault" : words.joined(separator: " "), "is no fault; use \(Self.usage)")
    }
  }

  /// The hosts and switches that it is about.
  var nodes: [String] {
    switch self {
    case .off(let name), .frozen(let name), .silent(let name), .diskSlow(let name, _), .daemonKilled(let name, _):
      [name]
    case .linkDown(let a, let b), .linkSilent(let a, let b): [a, b]
    }
  }

  private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension Fault: CustomStringConvertible {
  /// The words that make it: `link s1 a-l1 silent`.
  public var description: String {
    switch self {
    case .off(let name): "host \(name) off"
    case .frozen(let name): "host \(name) frozen"
    case .silent(let name): "host \(name) silent"
    case .linkDown(let a, let b): "link \(a) \(b) down"
    case .linkSilent(let a, let b): "link \(a) \(b) silent"
    case .diskSlow(let host, let rate): "disk \(host) slow \(rate.description.replacing(" ", with: ""))"
    case .daemonKilled(let host, let unit): "daemon \(host) \(unit)"
    }
  }
}
