/// What broke a conversation off, as seen from this side; the program's own errors say more.
struct Breach: Error {
  var words: String

  static let notStarted = Breach(words: "the agent was not started")
  static let noAnswer = Breach(words: "the agent ended before it answered")
}
