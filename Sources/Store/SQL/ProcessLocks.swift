import FoundationEssentials
import Glibc

/// Locks between the processes that share a database: byte ranges of a file beside it, which the kernel frees when a
/// process dies.
///
/// SQLite waits for its write lock by sleeping and trying again, so under load a process can be late again and again. Here
/// writers queue: whoever stands first in line keeps the `line` byte until the `turn` byte is free, so each gets its turn
/// after at most one commit of every other. All waits have a limit: a stopped process may hold a lock for ever.
package final class ProcessLocks: Sendable {
    private enum Byte: Int {
        case schema
        case line
        case turn
        case presence
    }

    /// Locks of the open file, not of the process (fcntl_locking(2)), which Swift's Glibc leaves out.
    private static let setLock: Int32 = 37
    private static let setLockWaiting: Int32 = 38

    private let descriptor: Int32
    private let path: String

    package init(path: String) throws(StoreError) {
        self.path = path
        descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Runs what one process at a time may do to the file: opening and migrating. Waits as long as it takes.
    package func withSchema<Value>(_ body: () throws -> Value) throws -> Value {
        while !(try take(.schema, waiting: true)) {}
        defer { free(.schema) }
        return try body()
    }

    /// Waits for the turn to write.
    package func takeTurn(within limit: Duration = .seconds(5)) throws(StoreError) {
        let deadline = ContinuousClock.now + limit
        try wait(for: .line, until: deadline)
        defer { free(.line) }
        try wait(for: .turn, until: deadline)
    }

    package func endTurn() {
        free(.turn)
    }

    /// Tells others that this process has the database open; any number may. Waits for one that replaces the file.
    package func arrive() throws(StoreError) {
        while !(try take(.presence, type: F_RDLCK, waiting: true)) {}
    }

    package func depart() {
        free(.presence)
    }

    /// Keeps everybody out for as long as `self` lives; throws `inUse` when somebody is in.
    func keepOthersOut() throws(StoreError) {
        guard try take(.presence, waiting: false) else { throw .inUse }
    }

    private func wait(for byte: Byte, until deadline: ContinuousClock.Instant) throws(StoreError) {
        while !(try take(byte, waiting: false)) {
            guard ContinuousClock.now < deadline else { throw .busy }
            usleep(100)
        }
    }

    /// False when another holds the byte, or the wait was interrupted.
    private func take(_ byte: Byte, type: Int32 = F_WRLCK, waiting: Bool) throws(StoreError) -> Bool {
        var request = range(byte, type: type)
        if fcntl(descriptor, waiting ? Self.setLockWaiting : Self.setLock, &request) == 0 { return true }
        switch errno {
        case EAGAIN, EACCES, EINTR: return false
        default: throw .unavailable("\(path): \(String(cString: strerror(errno)))")
        }
    }

    private func free(_ byte: Byte) {
        var request = range(byte, type: F_UNLCK)
        _ = fcntl(descriptor, Self.setLock, &request)
    }

    private func range(_ byte: Byte, type: Int32) -> Glibc.flock {
        var range = Glibc.flock()
        range.l_type = Int16(type)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(byte.rawValue)
        range.l_len = 1
        return range
    }
}
