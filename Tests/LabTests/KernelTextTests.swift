import Testing

@testable import Lab

@Suite struct KernelTextTests {
  @Test func knowsAMachineWithOneTreeOfCgroups() {
    let layout = CgroupLayout(
      mountinfo: "34 25 0:29 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
    )
    #expect(layout.isUnified)
    for controller in ["memory", "freezer", "blkio"] { #expect(layout.tree(controller)?.mount == "/sys/fs/cgroup") }
    #expect(layout.units?.mount == "/sys/fs/cgroup")
  }

  @Test func knowsAMachineWithATreeForEachController() {
    let layout = CgroupLayout(
      mountinfo: """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
        34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """)
    #expect(!layout.isUnified)
    #expect(layout.tree("cpuacct")?.mount == "/sys/fs/cgroup/cpu")
    #expect(layout.tree("memory")?.mount == "/sys/fs/cgroup/memory")
    #expect(layout.tree("cpuset") == nil)
    #expect(layout.units?.mount == "/sys/fs/cgroup/systemd")
    #expect(layout.trees.count == 4)
  }

  @Test func readsMountPoints() {
    let text = """
      27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
      50 27 0:40 / /with\\040blank rw - tmpfs tmpfs rw
      """
    #expect(Mounts.points(text) == ["/", "/with blank"])
  }
}
