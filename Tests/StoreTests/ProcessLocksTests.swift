import Foundation
import Store
import Synchronization
import TestSupport
import Testing

private final class Counter: Sendable {
    private let value = Mutex(0)

    @discardableResult
    func add(_ number: Int) -> Int {
        value.withLock { value in
            value += number
            return value
        }
    }
}

struct ProcessLocksTests {
    @Test func `a turn that another keeps is given up on after the limit`() throws {
        let folder = try TemporaryDirectory()
        let holder = try ProcessLocks(path: folder.file("lock"))
        let other = try ProcessLocks(path: folder.file("lock"))
        try holder.takeTurn()
        #expect(throws: StoreError.busy) { try other.takeTurn(within: .milliseconds(20)) }
        holder.endTurn()
        try other.takeTurn(within: .seconds(5))
        #expect(throws: StoreError.busy) { try holder.takeTurn(within: .zero) }
        other.endTurn()
    }

    @Test func `whoever goes takes its locks along`() throws {
        let folder = try TemporaryDirectory()
        var holder: ProcessLocks? = try ProcessLocks(path: folder.file("lock"))
        try holder?.takeTurn()
        holder = nil
        try ProcessLocks(path: folder.file("lock")).takeTurn(within: .zero)
    }

    @Test func `one at a time is in the schema`() async throws {
        let folder = try TemporaryDirectory()
        let inside = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let locks = try ProcessLocks(path: folder.file("lock"))
                    for _ in 0..<50 {
                        try locks.withSchema {
                            #expect(inside.add(1) == 1)
                            inside.add(-1)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a pool that writes without a pause does not keep another from writing`() async throws {
        let fixture = try Fixture()
        let other = try fixture.anotherStore()
        let done = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    while done.add(0) == 0 {
                        try await fixture.store.values.set("busy \(number)", to: "value")
                    }
                }
            }
            for number in 0..<50 { try await other.values.set("other", to: "\(number)") }
            done.add(1)
            try await group.waitForAll()
        }
        #expect(try await fixture.store.values.value(of: "other") == "49")
    }
}
