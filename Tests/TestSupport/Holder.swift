import Synchronization

/// A value that several tasks may change.
package final class Holder<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    package init(_ value: Value) {
        storage = Mutex(value)
    }

    package var value: Value {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }

    package func update(_ change: (inout Value) -> Void) {
        storage.withLock { change(&$0) }
    }
}
