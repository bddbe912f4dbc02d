/// After how many minutes a test that waits for something is ended: for good reason only, where nothing moves any more.
///
/// A limit on how long a test takes says nothing of the code on a machine that is busy, or in a build that looks over every access to
/// memory: what is to be done in time is held to `growth`.
public let hang = 40
