import GRDB
import Synchronization

/// Runs concurrent writes in shared transactions: while one commit waits for the disk, the writes that arrive meanwhile
/// gather and share the next one.
///
/// Guarantees: a caller is answered only after the commit that holds its write; a write that throws is undone alone (its
/// savepoint), the others of its group stand, also when SQLite undoes the whole transaction over it. When the commit
/// itself fails every member gets the error.
final class GroupCommit: Sendable {
    /// A write as queued.
    private struct Member: Sendable {
        /// Runs the write in the group's transaction; may run again when that is lost.
        var run: @Sendable (Transaction) -> Outcome
        /// Answers a caller whose write never ran.
        var refuse: @Sendable (StoreError) -> Void
    }

    private struct Outcome {
        /// Whether the write's changes are to be kept.
        var stands: Bool
        /// Answers the caller: nil after the commit, else the error that took the whole group.
        var answer: (StoreError?) -> Void
    }

    private struct State {
        var waiting: [Member] = []
        var isRunning = false
    }

    private let pool: DatabasePool
    private let locks: ProcessLocks
    private let checkpointer: Checkpointer
    /// A bound for the length of one transaction, so that a burst never holds the write lock for long.
    private let largestGroup: Int
    private let state = Mutex(State())

    init(pool: DatabasePool, locks: ProcessLocks, checkpointer: Checkpointer, largestGroup: Int = 128) {
        self.pool = pool
        self.locks = locks
        self.checkpointer = checkpointer
        self.largestGroup = largestGroup
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Member(
                    run: { transaction in
                        let result = Result { try body(transaction) }
                        var stands = false
                        if case .success = result { stands = true }
                        return Outcome(stands: stands) { lost in
                            if let lost {
                                continuation.resume(throwing: lost)
                            } else {
                                continuation.resume(with: result)
                            }
                        }
                    },
                    refuse: { continuation.resume(throwing: $0) }))
        }
    }

    private func submit(_ member: Member) {
        let starts = state.withLock { state in
            state.waiting.append(member)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if starts { proceed() }
    }

    /// One group at a time, so that the writer's queue serves others in between.
    private func proceed() {
        pool.asyncWriteWithoutTransaction { [self] database in
            guard let group = next() else { return }
            commit(group, on: database)
            proceed()
        }
    }

    private func next() -> [Member]? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isRunning = false
                return nil
            }
            let group = Array(state.waiting.prefix(largestGroup))
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [Member], on database: Database) {
        let transaction = Transaction(database)
        var outcomes: [Outcome] = []
        do {
            try locks.takeTurn()
            defer { locks.endTurn() }
            try transaction.run("BEGIN IMMEDIATE")
            for member in group {
                try transaction.run("SAVEPOINT member")
                let outcome = member.run(transaction)
                outcomes.append(outcome)
                guard database.isInsideTransaction else { throw Undone() }
                if !outcome.stands { try transaction.run("ROLLBACK TO member") }
                try transaction.run("RELEASE member")
            }
            try transaction.run("COMMIT")
        } catch is Undone {
            separate(group, culprit: outcomes.count - 1, outcomes[outcomes.count - 1], on: database)
            return
        } catch {
            if database.isInsideTransaction { _ = try? transaction.run("ROLLBACK") }
            let lost = StoreError(translating: error)
            for outcome in outcomes { outcome.answer(lost) }
            for member in group.dropFirst(outcomes.count) { member.refuse(lost) }
            return
        }
        for outcome in outcomes { outcome.answer(nil) }
        checkpointer.note(writtenPages: transaction.writtenPages())
    }

    /// SQLite itself undid the whole transaction, as it does when the disk is full or can't be read.
    private struct Undone: Error {}

    /// Answers the write that lost the transaction, and runs the others again, each in one of its own.
    private func separate(_ group: [Member], culprit: Int, _ outcome: Outcome, on database: Database) {
        // A write that ran to its end has lost what it wrote all the same.
        outcome.answer(outcome.stands ? .unavailable("the transaction was undone") : nil)
        for (index, member) in group.enumerated() where index != culprit { commit([member], on: database) }
    }
}
