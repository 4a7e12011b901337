/// Where this machine's control groups are: one unified tree (v2), one tree a controller (v1), or both (hybrid).
struct CgroupLayout: Sendable, Hashable {
  struct Tree: Sendable, Hashable {
    var mount: String
    var isUnified: Bool
    /// v1 only: `memory`, `cpu`, `name=systemd`, ...
    var controllers: Set<String>
  }

  var trees: [Tree]

  /// Whether the unified tree has the controllers.
  var isUnified: Bool { trees.allSatisfy(\.isUnified) }

  /// The tree in which systemd sorts the processes of a host into units.
  var units: Tree? { trees.first { $0.controllers.contains("name=systemd") } ?? unified }

  var unified: Tree? { trees.first(where: \.isUnified) }

  /// The tree that has a controller, under its v1 name or in the unified tree.
  func tree(_ controller: String) -> Tree? {
    isUnified ? unified : trees.first { $0.controllers.contains(controller) }
  }

  /// Reads `/proc/self/mountinfo`.
  ///
  /// Leaves `cpuset` out: a new v1 cpuset takes no process before it is configured, and the lab has no use for it.
  init(mountinfo: String) {
    trees = mountinfo.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ").map(String.init)
      guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3, fields.count > 4, fields[3] == "/" else {
        return nil
      }
      switch fields[dash + 1] {
      case "cgroup2": return Tree(mount: fields[4], isUnified: true, controllers: [])
      case "cgroup":
        let options = Set(fields[dash + 3].split(separator: ",").map(String.init))
        guard !options.contains("cpuset") else { return nil }
        return Tree(mount: fields[4], isUnified: false, controllers: options.subtracting(["rw", "xattr"]))
      default: return nil
      }
    }
  }

  static let ofThisMachine = CgroupLayout(mountinfo: Files.read("/proc/self/mountinfo") ?? "")
}
