#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A life of a worker or beat: `host:pid:random`, never used twice.
enum Incarnation {
    static let host: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    static var processID: Int { Int(getpid()) }

    static func make() -> String {
        "\(host):\(processID):\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }
}
