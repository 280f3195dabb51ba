import Hummingbird

/// The context of routes that act for an account: it can't be made without one.
struct SignedInContext: ChildRequestContext, RequestScoped {
    var coreContext: CoreRequestContextStorage
    let viewer: Viewer
    let app: AppContext

    init(context: AppContext) throws {
        viewer = try context.identity.viewer()
        guard viewer.may("chat") else { throw Problem.insufficientScope }
        coreContext = context.coreContext
        app = context
    }

    var requestID: String { app.requestID }
    var bodyLimit: Int { app.bodyLimit }
    var clientAddress: String { app.clientAddress }
}

/// The context of administrative routes.
struct AdministratorContext: ChildRequestContext, RequestScoped {
    var coreContext: CoreRequestContextStorage
    let viewer: Viewer
    let app: AppContext

    init(context: AppContext) throws {
        viewer = try context.identity.viewer()
        guard viewer.isAdmin else { throw Problem.forbidden }
        coreContext = context.coreContext
        app = context
    }

    var requestID: String { app.requestID }
    var bodyLimit: Int { app.bodyLimit }
    var clientAddress: String { app.clientAddress }
}
