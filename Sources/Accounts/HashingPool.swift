import Dispatch
import Glibc

/// Threads that hash passwords, at most one a core: a burst of sign-ins queues up here instead of taking every thread
/// that serves requests.
struct HashingPool: Sendable {
    static let shared = HashingPool(width: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    private let queue: DispatchQueue
    private let slots: DispatchSemaphore

    init(width: Int) {
        queue = DispatchQueue(label: "tern.hashing")
        slots = DispatchSemaphore(value: width)
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [slots] in
                slots.wait()
                DispatchQueue.global().async {
                    continuation.resume(with: Result(catching: work))
                    slots.signal()
                }
            }
        }
    }
}
