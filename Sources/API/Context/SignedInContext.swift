import Hummingbird

/// The context of routes that act for an account: it can't be made without one.
struct SignedInContext: ChildRequestContext, RequestScoped {
    var coreContext: CoreRequestContextStorage
    let facts: RequestFacts
    let viewer: Viewer

    init(context: AppContext) throws {
        viewer = try context.facts.identity.viewer()
        guard viewer.may("chat") else { throw Problem.insufficientScope }
        coreContext = context.coreContext
        facts = context.facts
    }
}

/// The context of administrative routes.
struct AdministratorContext: ChildRequestContext, RequestScoped {
    var coreContext: CoreRequestContextStorage
    let facts: RequestFacts
    let viewer: Viewer

    init(context: AppContext) throws {
        viewer = try context.facts.identity.viewer()
        guard viewer.isAdmin else { throw Problem.forbidden }
        coreContext = context.coreContext
        facts = context.facts
    }
}
