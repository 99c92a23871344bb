//! The one way to wait: look, and look again, until a deadline that says what was waited for.

use anyhow::{Error, Result, anyhow};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(40);

/// Looks until `probe` is content; its last complaint becomes part of the failure.
pub async fn until<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        let complaint: Error = match probe().await {
            Ok(value) => return Ok(value),
            Err(complaint) => complaint,
        };
        if start.elapsed() >= deadline {
            return Err(anyhow!(
                "waited {deadline:?} for {what}, in vain: {complaint:#}"
            ));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Seconds, as tests like to write them.
pub const fn within(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
