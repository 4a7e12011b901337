extension SSH {
  /// What to do about what ssh or the delivery say; `nil`: they say enough themselves.
  static func advice(on words: String, address: String) -> String? {
    let known: [(words: String, advice: String)] = [
      (
        "has changed and you have requested strict checking",
        "If the host was installed anew: `ssh-keygen -R \(address)`, then accept its new key as the first one."
      ),
      (
        "Host key verification failed",
        "Its key is not known here: compare it and accept it by `ssh root@\(address)` once, or add it to known_hosts."
      ),
      ("Permission denied (", "It accepts none of your keys for root: add one to its /root/.ssh/authorized_keys."),
      ("proxy dialer did not pass back a connection", "The twin's host does not answer: see `varde lab status`."),
      ("Connection timed out", "It is off, or not to be reached from here at \(address)."),
      ("No route to host", "It is off, or not to be reached from here at \(address)."),
      ("cannot create directory", "The agent must run as root."),
    ]
    return known.first { words.contains($0.words) }?.advice
  }
}
