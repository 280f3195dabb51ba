import Glibc
import Synchronization

private let given = Mutex<Set<Int>>([])

/// A TCP port of the loopback that nobody listens on, not given twice by this process.
package func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = try unusedPort()
        if given.withLock({ $0.insert(port).inserted }) { return port }
    }
    throw TimedOut("a free port")
}

private func unusedPort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
        }
    }
    guard isBound else { throw Spawn.Failure(description: "no port: \(String(cString: strerror(errno)))") }
    return Int(UInt16(bigEndian: address.sin_port))
}
