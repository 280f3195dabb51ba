import HTTPTypes
import Hummingbird
import Synchronization

/// The router, with a list of its routes beside it.
final class RouteTable: RouterMethods {
    typealias Context = AppContext

    let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
    let list = RouteList()

    @discardableResult
    func on<Responder: HTTPResponder>(
        _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
    ) -> Self where Responder.Context == AppContext {
        router.on(path, method: method, responder: responder)
        list.note(path, method)
        return self
    }

    @discardableResult
    func add(middleware: any MiddlewareProtocol<Request, Response, AppContext>) -> Self {
        router.add(middleware: middleware)
        return self
    }
}

/// Which methods each address takes, so that a wrong one gets its 405 and `Allow`.
final class RouteList: Sendable {
    private let routes = Mutex<[(path: RouterPath, method: HTTPRequest.Method)]>([])

    func note(_ path: RouterPath, _ method: HTTPRequest.Method) {
        routes.withLock { $0.append((path, method)) }
    }

    /// The methods of the most literal pattern that matches a path; empty when none does.
    func methods(for path: String) -> [HTTPRequest.Method] {
        let segments = path.split(separator: "/")
        return routes.withLock { routes in
            let matches = routes.filter { Self.matches($0.path, segments) }
            guard let best = matches.map({ Self.literals($0.path) }).max() else { return [] }
            var methods = matches.filter { Self.literals($0.path) == best }.map(\.method)
            if methods.contains(.get) { methods.append(.head) }
            return methods
        }
    }

    private static func matches(_ path: RouterPath, _ segments: [Substring]) -> Bool {
        guard path.components.count == segments.count else { return false }
        return zip(path.components, segments).allSatisfy { $0 ~= $1 }
    }

    private static func literals(_ path: RouterPath) -> Int {
        path.components.count { !$0.description.hasPrefix("{") }
    }
}
