import Testing

/// The command line on real hosts: needs root. Suites have twins of their own; `Scripts/test-twin` runs several side by
/// side, each in a process of its own.
@Suite(.serialized) enum TwinTests {}
