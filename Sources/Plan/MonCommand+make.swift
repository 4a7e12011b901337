import Foundation
import HostProtocol

extension MonCommand {
  /// A command from its prefix and arguments, in the monitors' JSON form; asks for a JSON reply.
  public static func make(_ prefix: String, _ arguments: [String: Argument] = [:], input: String = "") -> MonCommand {
    var members = arguments.mapValues(\.json)
    members["prefix"] = Argument.text(prefix).json
    members["format"] = Argument.text("json").json
    let json = members.sorted { $0.key < $1.key }.map { "\(Argument.text($0.key).json):\($0.value)" }
    return MonCommand(json: "{\(json.joined(separator: ","))}", input: input)
  }

  /// What an argument of a monitor command can be.
  public enum Argument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    case text(String)
    case number(Int)
    case decimal(Double)
    case flag(Bool)
    case list([String])
    case numbers([Int])

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }

    var json: String {
      switch self {
      case .text(let text): quoted(text)
      case .number(let number): "\(number)"
      case .decimal(let number): "\(number)"
      case .flag(let flag): "\(flag)"
      case .list(let items): "[\(items.map(quoted).joined(separator: ","))]"
      case .numbers(let numbers): "[\(numbers.map(String.init).joined(separator: ","))]"
      }
    }

    private func quoted(_ text: String) -> String {
      let escaped = text.unicodeScalars.map { scalar -> String in
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case _ where scalar.value < 0x20: "\\u" + String(scalar.value + 0x10000, radix: 16).dropFirst()
        default: String(scalar)
        }
      }
      return "\"\(escaped.joined())\""
    }
  }

  /// The command as one would type it, without what it reads besides: `osd pool create vms`.
  public var summary: String {
    guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
      let prefix = object["prefix"] as? String
    else { return json }
    let rest = object.keys.sorted().filter { $0 != "prefix" && $0 != "format" }.map { key -> String in
      if let list = object[key] as? [String] { return "\(key)=\(list.joined(separator: " "))" }
      return "\(key)=\(object[key].map { "\($0)" } ?? "")"
    }
    return ([prefix] + rest).joined(separator: " ")
  }
}
