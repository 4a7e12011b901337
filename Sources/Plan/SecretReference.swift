import HostProtocol

/// Secrets stand in resources and commands as `${secret:ceph/client.admin}` and take their values only on the way to
/// a host. What is printed, saved or journaled holds references only.
public enum SecretReference {
  /// The text that stands for a secret.
  public static func placeholder(_ name: String) -> String { "${secret:\(name)}" }

  /// The names that a text refers to.
  public static func names(in text: String) -> [String] { text.matches(of: pattern).map { String($0.1) } }

  /// The text with every reference replaced.
  public static func resolve(_ text: String, _ value: (String) throws -> String) rethrows -> String {
    try text.replacing(pattern) { try value(String($0.1)) }
  }

  private static var pattern: Regex<(Substring, Substring)> { /\$\{secret:([^}]+)\}/ }
}

extension Resource {
  /// The resource with its references to secrets replaced, to be sent to its host and nowhere else.
  public func resolved(_ value: (String) throws -> String) rethrows -> Resource {
    switch self {
    case .file(var file):
      file.content = try SecretReference.resolve(file.content, value)
      return .file(file)
    case .cephMon(var mon):
      mon.fsid = try SecretReference.resolve(mon.fsid, value)
      mon.keyring = try SecretReference.resolve(mon.keyring, value)
      return .cephMon(mon)
    case .cephOSD(var osd):
      osd.fsid = try SecretReference.resolve(osd.fsid, value)
      osd.key = try SecretReference.resolve(osd.key, value)
      return .cephOSD(osd)
    case .package, .directory, .user, .group, .unit, .sysctls, .module, .interface, .command:
      return self
    }
  }
}

extension MonCommand {
  /// As `Resource.resolved`.
  public func resolved(_ value: (String) throws -> String) rethrows -> MonCommand {
    var command = self
    command.input = try SecretReference.resolve(input, value)
    return command
  }
}
