import HostProtocol

extension UserResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let accounts = try host.accounts()
    guard let user = accounts.users[name] else { return [Change("user", from: nil, to: name)] }
    var changes: [Change] = []
    if let uid, user.uid != uid { changes.append(Change("uid", from: "\(user.uid)", to: "\(uid)")) }
    if accounts.groups[group] != user.gid {
      changes.append(Change("group", from: accounts.groupName(user.gid), to: group))
    }
    if user.home != home { changes.append(Change("home", from: user.home, to: home)) }
    if user.shell != shell { changes.append(Change("shell", from: user.shell, to: shell)) }
    return changes
  }

  func converge(_ host: Host) throws {
    let number = uid.map { ["--uid", "\($0)"] } ?? []
    let attributes = number + ["--gid", group, "--home-dir", home, "--shell", shell, name]
    if try host.accounts().users[name] == nil {
      try host.execute(["useradd", "--system", "--no-create-home"] + attributes)
    } else {
      try host.execute(["usermod"] + attributes.map { $0 == "--home-dir" ? "--home" : $0 })
    }
  }
}

extension GroupResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    guard let number = try host.accounts().groups[name] else { return [Change("group", from: nil, to: name)] }
    guard let gid, gid != number else { return [] }
    return [Change("gid", from: "\(number)", to: "\(gid)")]
  }

  func converge(_ host: Host) throws {
    let number = gid.map { ["--gid", "\($0)"] } ?? []
    let exists = try host.accounts().groups[name] != nil
    try host.execute((exists ? ["groupmod"] : ["groupadd", "--system"]) + number + [name])
  }
}
