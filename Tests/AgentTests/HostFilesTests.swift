import Testing

@testable import HostAgent

@Suite struct HostFilesTests {
  @Test func readsDpkgStatus() {
    let text = """
      Package: frr
      Status: install ok installed
      Conffiles:
       /etc/frr/daemons abc
      Version: 8.4.4-1.1

      Package: libc6
      Status: install ok installed
      Architecture: amd64
      Version: 2.36

      Package: libc6
      Status: deinstall ok config-files
      Architecture: i386
      Version: 2.35

      Package: broken
      Status: install reinstreq half-installed
      Version: 1
      """
    let packages = DpkgStatus(Array(text.utf8)).packages
    #expect(packages["frr"] == .init(state: "installed", version: "8.4.4-1.1"))
    #expect(packages["libc6"]?.version == "2.36")
    #expect(packages["broken"]?.isHalfway == true)
    #expect(packages.count == 3)
    #expect(DpkgStatus([]).packages.isEmpty)
  }

  @Test func readsAccounts() throws {
    let accounts = Accounts(
      passwd: "root:x:0:0:root:/root:/bin/bash\nfrr:x:102:104::/nonexistent:/usr/sbin/nologin\n+broken\n",
      group: "root:x:0:\nfrr:x:104:\nfrrvty:x:105:frr\n")
    #expect(accounts.users["frr"]?.shell == "/usr/sbin/nologin")
    #expect(try accounts.ownership(owner: "frr", group: "frrvty") == Ownership(user: 102, group: 105))
    #expect(throws: Failure.self) { try accounts.ownership(owner: "ceph", group: "root") }
    #expect(accounts.changes(of: .root, owner: "frr", group: "root").map(\.from) == ["root"])
  }

  @Test(arguments: [
    ("Mon 2026-11-23 22:07:23.123456 UTC", 1_795_471_643_123_456), ("Thu 1970-01-01 00:00:00 UTC", 0),
    ("Thu 2024-02-29 12:00:00.5 UTC", 1_709_208_000_500_000),
    ("Fri 2100-03-01 00:00:00.000001 UTC", 4_107_542_400_000_001),
  ])
  func readsTimestamps(_ text: String, _ microseconds: Int64) {
    #expect(Timestamp.microseconds(text) == microseconds)
  }

  @Test(arguments: ["", "n/a", "Mon 2026-11-23 22:07:23 CET", "@1795471643"])
  func othersAreNoTimestamps(_ text: String) {
    #expect(Timestamp.microseconds(text) == nil)
  }

  @Test func readsUnits() {
    let units = UnitState.parse(
      """
      LoadState=loaded
      ActiveState=active
      SubState=running
      UnitFileState=enabled
      NeedDaemonReload=no
      ReloadResult=exit-code
      InactiveExitTimestamp=Thu 1970-01-01 00:00:01 UTC
      StateChangeTimestamp=

      LoadState=not-found
      ActiveState=inactive
      """)
    #expect(units.count == 2)
    #expect(units.first?.started == 1_000_000 && units.first?.changed == nil)
    #expect(units.first?.reloadFailed == true)
    #expect(units.last?.load == "not-found" && units.last?.reloadFailed == false)
  }

  @Test func comparesAddressesByValue() {
    #expect(IPAddress("fd00:0::1/64") == IPAddress("fd00::1/64"))
    #expect(IPAddress("fd00::1/64")?.description == "fd00::1/64")
    #expect(IPAddress("198.18.64.11/32") != IPAddress("198.18.64.11/31"))
    for text in ["198.18.64.11", "198.18.64/32", "198.18.64.11/33", "fd00::1/129", "x/1"] {
      #expect(IPAddress(text) == nil)
    }
  }

  @Test func keepsTheLastOutputAndTellsLines() {
    var lines: [String] = []
    var tail = OutputTail(keep: 4) { lines.append($0) }
    tail.append(Array("one\ntw".utf8)[...])
    tail.append(Array("o\r\nend".utf8)[...])
    #expect(String(decoding: tail.finish(), as: UTF8.self) == "\nend")
    #expect(lines == ["one", "two", "end"])
    #expect(tail.isCut)
  }
}
