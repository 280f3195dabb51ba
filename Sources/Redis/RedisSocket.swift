import CHiredis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A hiredis context with one owner, the thread that made it.
///
/// After any error thrown by it the context is out of step with the server and must be dropped.
final class RedisSocket {
    private let context: UnsafeMutablePointer<redisContext>
    private(set) var hasUnsentBytes = false

    /// Connects, logs in, selects the database and makes sure that the server is a master.
    ///
    /// - Throws: ``RedisError/unreachable(_:)``.
    init(_ address: RedisAddress, limit: Duration = .seconds(3)) throws(RedisError) {
        let nanoseconds = limit.nanoseconds
        let patience = timeval(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_usec: Int(nanoseconds % 1_000_000_000 / 1000))
        let made =
            switch address {
            case .tcp(let host, let port, _): redisConnectWithTimeout(host, Int32(port), patience)
            case .unix(let path, _): redisConnectUnixWithTimeout(path, patience)
            }
        guard let made else { throw .unreachable("no memory") }
        context = made
        guard made.pointee.err == 0 else { throw .unreachable("\(address): \(lastError)") }
        redisSetTimeout(context, patience)
        try logIn(address)
        if case .tcp = address { redisEnableKeepAlive(context) }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        context.pointee.flags &= ~REDIS_BLOCK
    }

    deinit { redisFree(context) }

    var descriptor: Int32 { context.pointee.fd }

    /// Queues bytes of encoded commands.
    func append(_ bytes: [UInt8]) throws(RedisError) {
        let code = bytes.withUnsafeBytes { buffer in
            redisAppendFormattedCommand(context, buffer.bindMemory(to: CChar.self).baseAddress, buffer.count)
        }
        guard code == REDIS_OK else { throw .connectionLost(lastError) }
        hasUnsentBytes = true
    }

    /// Writes as much as the kernel takes.
    func flush() throws(RedisError) {
        guard hasUnsentBytes else { return }
        var isDone: Int32 = 0
        guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw .connectionLost(lastError) }
        hasUnsentBytes = isDone == 0
    }

    /// Reads what has arrived.
    func read() throws(RedisError) {
        guard redisBufferRead(context) == REDIS_OK else { throw .connectionLost(lastError) }
    }

    /// The next whole reply among the bytes read, or nil.
    func nextReply() throws(RedisError) -> Result<RedisValue, RedisError>? {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &raw) == REDIS_OK else { throw .connectionLost(lastError) }
        guard let raw else { return nil }
        defer { freeReplyObject(raw) }
        return RedisReply.result(raw.assumingMemoryBound(to: redisReply.self))
    }

    private func logIn(_ address: RedisAddress) throws(RedisError) {
        let login = address.login
        if let password = login.password {
            let words: [RedisArgument] = login.user.map { [.text($0), .text(password)] } ?? [.text(password)]
            try expectSuccess(of: RedisCommand(["AUTH"] + words), at: address)
        }
        if login.database != 0 { try expectSuccess(of: RedisCommand("SELECT", .integer(login.database)), at: address) }
        // A user without the right to ask (NOPERM) is let through: the first write tells.
        if case .success(let role) = try ask(RedisCommand("ROLE")), let name = role.array?.first?.string,
            name != "master"
        {
            throw .unreachable("\(address) is a \(name), not a master")
        }
    }

    private func expectSuccess(of command: RedisCommand, at address: RedisAddress) throws(RedisError) {
        if case .failure(let error) = try ask(command) { throw .unreachable("\(address): \(error)") }
    }

    /// One command and its reply, while the context still blocks.
    private func ask(_ command: RedisCommand) throws(RedisError) -> Result<RedisValue, RedisError> {
        try append(command.encoded)
        hasUnsentBytes = false
        var raw: UnsafeMutableRawPointer?
        guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw .unreachable(lastError) }
        defer { freeReplyObject(raw) }
        return RedisReply.result(raw.assumingMemoryBound(to: redisReply.self))
    }

    private var lastError: String {
        withUnsafeBytes(of: &context.pointee.errstr) { buffer in
            String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// hiredis' reply objects as Swift values.
enum RedisReply {
    static func result(_ reply: UnsafeMutablePointer<redisReply>) -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            return .success(try value(reply.pointee))
        } catch {
            return .failure(error)
        }
    }

    /// - Throws: ``RedisError/server(_:)``, also for an error inside an array.
    private static func value(_ reply: redisReply) throws(RedisError) -> RedisValue {
        switch reply.type {
        case REDIS_REPLY_STRING: return .bytes(Array(bytes(reply)))
        case REDIS_REPLY_INTEGER: return .integer(reply.integer)
        case REDIS_REPLY_NIL: return .null
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            var values: [RedisValue] = []
            values.reserveCapacity(reply.elements)
            for index in 0..<reply.elements {
                guard let element = reply.element[index] else { continue }
                values.append(try value(element.pointee))
            }
            return .array(values)
        case REDIS_REPLY_ERROR: throw .server(String(decoding: bytes(reply), as: UTF8.self))
        default: throw .unexpectedReply("type \(reply.type)")
        }
    }

    private static func bytes(_ reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len))
    }
}
