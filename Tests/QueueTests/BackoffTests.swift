import Queue
import Testing

@Suite struct BackoffTests {
    private func delay(_ backoff: Backoff, _ attempt: Int, chance: Double = 0) -> Duration? {
        guard case .retry(let delay) = backoff.verdict(attempt: attempt, error: Trouble(), chance: chance) else {
            return nil
        }
        return delay
    }

    @Test func `the standard grows with the fourth power`() {
        #expect([1, 2, 3, 9].map { delay(.standard, $0) } == [16, 31, 96, 6576].map { .seconds($0) })
        #expect(delay(.standard, 2, chance: 0.5) == .seconds(41))
    }

    @Test func `steps are taken in order and the last is repeated`() {
        let backoff = Backoff.steps(.seconds(1), .seconds(4))
        #expect([1, 2, 3].map { delay(backoff, $0) } == [1, 4, 4].map { .seconds($0) })
        #expect(delay(backoff, 1, chance: 0.8) == .milliseconds(1200))
        #expect(delay(.steps(), 1) == .zero)
    }

    @Test func `a decision of one's own sees attempt and error`() {
        let backoff = Backoff.custom { attempt, error in
            error is Trouble && attempt < 2 ? .retry(after: .seconds(7)) : .bury
        }
        #expect(delay(backoff, 1) == .seconds(7))
        #expect(backoff.verdict(attempt: 2, error: Trouble(), chance: 0) == .bury)
    }
}
