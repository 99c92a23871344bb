//! The worker. `src/browser/storage_worker.rs` is the page's end.

fn main() {
    duologue_storage::worker::start();
}
