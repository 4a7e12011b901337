import Testing

@testable import Hosts

@Suite struct SSHAdviceTests {
  @Test(arguments: [
    ("No ED25519 host key is known for a1.\nHost key verification failed.", "ssh root@a1"),
    (
      "Host key for a1 has changed and you have requested strict checking.\nHost key verification failed.",
      "ssh-keygen -R a1"
    ),
    ("root@a1: Permission denied (publickey).", "authorized_keys"),
    ("mkdir: cannot create directory '/var/lib/varde': Permission denied", "as root"),
  ])
  func saysWhatToDo(_ words: String, _ advice: String) {
    #expect(SSH.advice(on: words, address: "a1")?.contains(advice) == true)
  }

  @Test func leavesAloneWhatIsClear() {
    #expect(SSH.advice(on: "connect to host a1 port 22: Connection refused", address: "a1") == nil)
  }
}
