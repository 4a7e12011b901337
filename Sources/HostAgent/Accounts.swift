import Glibc
import HostProtocol

/// The host's own users and groups, from /etc/passwd and /etc/group.
struct Accounts {
  struct User: Hashable {
    var name: String
    var uid: UInt32
    var gid: UInt32
    var home: String
    var shell: String
  }

  private(set) var users: [String: User]
  /// Name to number.
  private(set) var groups: [String: UInt32]

  static func read() throws -> Accounts {
    try Accounts(
      passwd: String(decoding: FileSystem.read("/etc/passwd"), as: UTF8.self),
      group: String(decoding: FileSystem.read("/etc/group"), as: UTF8.self))
  }

  init(passwd: String, group: String) {
    let listed = Self.records(passwd, fields: 7).compactMap { fields -> User? in
      guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { return nil }
      return User(
        name: String(fields[0]), uid: uid, gid: gid, home: String(fields[5]), shell: String(fields[6]))
    }
    // The first line of a name is the one that the C library takes.
    users = Dictionary(listed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    groups = Dictionary(
      Self.records(group, fields: 4).compactMap { fields in UInt32(fields[2]).map { (String(fields[0]), $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private static func records(_ text: String, fields count: Int) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
      .filter { $0.count >= count }
  }

  /// - Throws: `Failure` where one of them is not known
  func ownership(owner: String, group: String) throws -> Ownership {
    guard let user = users[owner] else {
      throw Failure("no user \(owner): let a user resource or its package come before")
    }
    guard let group = groups[group] else {
      throw Failure("no group \(group): let a group resource or its package come before")
    }
    return Ownership(user: user.uid, group: group)
  }

  func changes(of ownership: Ownership, owner: String, group: String) -> [Change] {
    var changes: [Change] = []
    if users[owner]?.uid != ownership.user {
      changes.append(Change("owner", from: userName(ownership.user), to: owner))
    }
    if groups[group] != ownership.group {
      changes.append(Change("group", from: groupName(ownership.group), to: group))
    }
    return changes
  }

  func userName(_ uid: UInt32) -> String { users.values.first { $0.uid == uid }?.name ?? "\(uid)" }

  func groupName(_ gid: UInt32) -> String { groups.first { $0.value == gid }?.key ?? "\(gid)" }
}

extension stat {
  func changes(mode: UInt32) -> [Change] {
    permissions == mode ? [] : [Change("mode", from: Self.octal(permissions), to: Self.octal(mode))]
  }

  private static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
