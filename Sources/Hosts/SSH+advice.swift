extension SSH {
  /// What to do about what ssh says; `nil`: it says enough itself.
  static func advice(on words: String) -> String? {
    let known: [(words: String, advice: String)] = [
      (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "The host shows another key than before. If it was installed anew, `ssh-keygen -R ADDRESS` and accept its new key."
      ),
      (
        "Host key verification failed",
        "The host's key is not known here. Compare it and accept it by `ssh root@ADDRESS` once, or add it to known_hosts."
      ),
      (
        "Permission denied (", "The host accepts none of your keys for root: add one to its /root/.ssh/authorized_keys."
      ),
      (
        "Permission denied, ", "The host accepts none of your keys for root: add one to its /root/.ssh/authorized_keys."
      ),
      ("mkdir: cannot create directory", "The agent must run as root."),
    ]
    return known.first { words.contains($0.words) }?.advice
  }
}
