import Testing

/// The command line on real hosts: needs root and what `make build` leaves. One twin at a time: two cores carry no
/// more.
@Suite(.serialized) enum TwinTests {}
