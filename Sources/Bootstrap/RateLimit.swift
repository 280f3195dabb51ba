/// So many requests in each of some spans, as written in `RATE_LIMIT_LOGIN=10/min,60/h`; no spans means no limit.
public struct RateLimit: Sendable, Equatable {
    /// At most `count` requests in any `seconds`.
    public struct Span: Sendable, Equatable {
        public var count: Int
        public var seconds: Int

        public init(count: Int, seconds: Int) {
            self.count = count
            self.seconds = seconds
        }
    }

    public var spans: [Span]

    public init(spans: [Span]) {
        self.spans = spans
    }

    public static let off = RateLimit(spans: [])

    public var isOff: Bool { spans.isEmpty }

    /// Reads `10/min,60/h` or `off`.
    public init?(_ text: String) {
        if text == "off" {
            self = .off
            return
        }
        var spans: [Span] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "/", omittingEmptySubsequences: false).map { trimmed($0) }
            guard pair.count == 2, let count = Int(pair[0]), count > 0, let seconds = Self.seconds(pair[1]) else {
                return nil
            }
            spans.append(Span(count: count, seconds: seconds))
        }
        self.spans = spans
    }

    private static func seconds(_ unit: Substring) -> Int? {
        switch unit {
        case "s", "sec", "second": 1
        case "m", "min", "minute": 60
        case "h", "hour": 3600
        case "d", "day": 86_400
        default: nil
        }
    }
}
