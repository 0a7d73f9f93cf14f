//! Threads that work after the others, where all processors are busy.

/// How nice they are, of 0 to 19: Linux gives such a thread a tenth of the time of an ordinary one.
const NICE: i32 = 10;

/// Makes the current thread one of them, to its end: only a privileged process can take that back.
pub(super) fn lower() {
    // On Linux it is the thread's own. Where it is not allowed, the thread is as good as any other.
    let _ = rustix::process::setpriority_process(None, NICE);
}
