extension String {
  /// Filled up with spaces to a column's width; a longer text stays whole.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
