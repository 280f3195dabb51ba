import CHiredis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Wakes a thread that sleeps in `poll`.
package final class Wakeup: Sendable {
    package let descriptor: Int32

    package init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no eventfd could be made")
    }

    deinit { close(descriptor) }

    /// From any thread.
    package func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// From the sleeper: forgets the signals so far.
    package func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Sleeps until a signal or for so long at most; true when signalled.
    package func wait(nanoseconds: Int64) -> Bool {
        var target = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&target, 1, pollMilliseconds(nanoseconds)) > 0 else { return false }
        clear()
        return true
    }
}

/// Rounds up, so that a thread doesn't spin through the last millisecond.
func pollMilliseconds(_ nanoseconds: Int64) -> Int32 {
    Int32(clamping: (max(0, nanoseconds) + 999_999) / 1_000_000)
}
