/// How long each part of a transfer may take.
public struct TimeLimits: Sendable, Equatable {
    public var connect: Duration
    /// From the start to the first byte of the answer.
    public var firstByte: Duration
    /// Between two bytes of the answer; while the reader makes the sender wait, it does not run.
    public var idle: Duration
    /// The whole transfer; nil: no limit.
    public var total: Duration?

    public init(
        connect: Duration = .seconds(5), firstByte: Duration = .seconds(30), idle: Duration = .seconds(30),
        total: Duration? = nil
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}

extension Duration {
    /// At least one, since libcurl takes 0 for "no limit".
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
