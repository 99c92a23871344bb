//! What the page keeps on the disk, and the worker that does it: files that come, files that are sent,
//! recordings. The page talks to it in the words of `protocol` and nothing else; so the page's thread
//! never hashes, reads or writes.
//!
//! | module     | owns |
//! |------------|------|
//! | `protocol` | orders to the worker, and its news |
//! | `recordings` | the words of both about recordings |
//! | `tree`     | a file's hash, and the hashes of its pieces |
//! | `worker`   | the worker itself; in a browser only |

pub mod protocol;
pub mod recordings;
pub mod tree;
pub mod worker;
