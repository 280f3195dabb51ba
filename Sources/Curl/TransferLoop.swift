import CCurl
import Glibc
import Synchronization

/// A thread that runs many transfers over one multi handle.
///
/// Other threads only put commands into the inbox and call `curl_multi_wakeup`; all else of the handle is this thread's.
final class TransferLoop: @unchecked Sendable {
    /// For http and https.
    static let web = TransferLoop()
    /// For SMTP, where libcurl blocks its thread until the server has answered the message.
    static let mail = TransferLoop()

    enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
    }

    private let multi: UnsafeMutableRawPointer?
    private let inbox = Mutex<[Command]>([])
    /// Only of the thread.
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Only of the thread: when the limits are looked at next.
    private var nextCheck = ContinuousClock.now

    /// Looking at the limits of thousands of transfers after every byte would cost more than the transfers.
    private static let checkInterval = Duration.milliseconds(50)

    private init() {
        _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        multi = curl_multi_init()
        guard let multi else { return }
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, 64)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        if code == 0 { pthread_detach(thread) } else { context.release() }
    }

    func post(_ command: Command) {
        inbox.withLock { $0.append(command) }
        if let multi {
            curl_multi_wakeup(multi)
        } else if case .start(let transfer) = command {
            transfer.finish(.failure(CurlError.invalidRequest("libcurl gives no multi handle")))
        }
    }

    private func run() {
        while true {
            for command in inbox.withLock({ inbox in
                defer { inbox.removeAll(keepingCapacity: true) }
                return inbox
            }) {
                carryOut(command)
            }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            endFinished()
            endOverdue()
            let wait = active.isEmpty ? 60_000 : Self.checkInterval.wholeMilliseconds
            curl_multi_poll(multi, nil, 0, Int32(wait), nil)
        }
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .start(let transfer):
            transfer.begin(at: .now)
            guard curl_multi_add_handle(multi, transfer.handle.pointer) == CURLM_OK else {
                transfer.finish(.failure(CurlError.invalidRequest("libcurl takes no more transfers")))
                return
            }
            active[transfer.handle.pointer] = transfer
        case .cancel(let transfer):
            remove(transfer)
            transfer.finish(.failure(CancellationError()))
        case .resume(let transfer):
            guard active[transfer.handle.pointer] != nil else { return }
            transfer.resume(at: .now)
        }
    }

    /// Takes a transfer out; one that has not ended loses its connection.
    private func remove(_ transfer: Transfer) {
        guard active.removeValue(forKey: transfer.handle.pointer) != nil else { return }
        curl_multi_remove_handle(multi, transfer.handle.pointer)
    }

    private func endFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle,
                let transfer = active[pointer]
            else { continue }
            let code = message.pointee.data.result
            remove(transfer)
            transfer.finish(code: code)
        }
    }

    private func endOverdue() {
        let now = ContinuousClock.now
        guard now >= nextCheck else { return }
        nextCheck = now + Self.checkInterval
        for transfer in active.values {
            guard let wait = transfer.overdue(at: now) else { continue }
            remove(transfer)
            transfer.finish(.failure(CurlError.timedOut(wait)))
        }
    }
}
