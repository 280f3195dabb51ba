/// The pause before the next attempt, as a pure function of the attempts that failed.
public struct Backoff: Sendable {
    /// What happens after a failed attempt that was not the last.
    public enum Verdict: Sendable, Equatable {
        case retry(after: Duration)
        /// To the dead set at once.
        case bury
    }

    private let verdict: @Sendable (Int, any Error, Double) -> Verdict

    private init(_ verdict: @escaping @Sendable (Int, any Error, Double) -> Verdict) {
        self.verdict = verdict
    }

    /// n⁴ + 15 s after the n-th failure, and up to 10 s × n of jitter: 16 s, 31 s, 96 s … 1 h 50 min after the 9th.
    /// (The curve is Sidekiq's.)
    public static let standard = Backoff { attempt, _, chance in
        let n = Double(attempt)
        return .retry(after: .seconds(n * n * n * n + 15 + chance * 10 * n))
    }

    /// The given pauses in order, the last one repeated, each with up to a quarter of jitter on top.
    public static func steps(_ steps: Duration...) -> Backoff {
        Backoff { attempt, _, chance in
            guard let last = steps.last else { return .retry(after: .zero) }
            let step = attempt <= steps.count ? steps[max(attempt, 1) - 1] : last
            return .retry(after: step + step * (chance / 4))
        }
    }

    /// A decision of your own from the number of the failed attempt and its error.
    public static func custom(_ decide: @escaping @Sendable (_ attempt: Int, any Error) -> Verdict) -> Backoff {
        Backoff { attempt, error, _ in decide(attempt, error) }
    }

    /// - Parameters:
    ///   - attempt: the number of the attempt that failed, from 1.
    ///   - chance: in 0..<1; the source of the jitter.
    public func verdict(attempt: Int, error: any Error, chance: Double) -> Verdict {
        verdict(attempt, error, chance)
    }
}
