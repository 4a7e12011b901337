/// systemd's timestamps.
enum Timestamp {
  /// `Mon 2026-11-23 22:07:23.123456 UTC` in microseconds since 1970; `nil`: not of that form.
  static func microseconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 4, words[3] == "UTC" else { return nil }
    let date = words[1].split(separator: "-").compactMap { Int64($0) }
    let time = words[2].split(separator: ":")
    guard date.count == 3, time.count == 3, let hour = Int64(time[0]), let minute = Int64(time[1]) else { return nil }
    let second = time[2].split(separator: ".")
    guard let whole = second.first.flatMap({ Int64($0) }) else { return nil }
    let digits = second.count > 1 ? second[1].prefix(6) : ""
    guard let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count)) else { return nil }
    let seconds = days(year: date[0], month: date[1], day: date[2]) * 86400 + hour * 3600 + minute * 60 + whole
    return seconds * 1_000_000 + fraction
  }

  /// Since 1970-01-01, in the Gregorian calendar. The year begins in March, so that the leap day is its last; after
  /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil, for years from 0 on.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
